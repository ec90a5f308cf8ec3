/** What the options of decoding ask of the model, and what becomes of its answers. */
import { completeOptions, type TranscribeOptions, unsupportedOption } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import { characters, type Question, type Script, tokensOf } from './scripted-model.ts';
import { finished, inTurn, never, recognise, recogniser, windowAt } from './scripted-windows.ts';

const one = [windowAt(0, 10, [0, 10])];
const says: Script['says'] = () => ({ text: '<0> Yes.<10>' });
const requestOf = async (options: Partial<TranscribeOptions>) => (await recognise(says, one, options)).questions[0]?.request;
/** What stands before the start token. */
const before = ({ prompt }: Question) => characters.decode(prompt.slice(1, prompt.indexOf(1001)));

describe('the request', () => {
  it.each<[Partial<TranscribeOptions>, object]>([
    [{}, { patience: 1, lengthPenalty: null, suppress: [1001, 70], timestamps: true }],
    [
      { patience: 2, lengthPenalty: 0.5 },
      { patience: 2, lengthPenalty: 0.5 },
    ],
    [{ suppressTokens: [] }, { suppress: [1001] }],
    [{ suppressTokens: [-1, 80] }, { suppress: [1001, 70, 80] }],
    [{ suppressTokens: [80] }, { suppress: [1001, 80] }],
    [{ withoutTimestamps: true }, { timestamps: false, prompts: [[1001, 1010, 1002, 1006]] }],
  ])('of %o', async (options, expected) => {
    expect(await requestOf(options)).toMatchObject(expected);
  });

  it('with a token that the model does not have is refused', () => {
    expect(() => recogniser(says, { suppressTokens: [4000] })).toThrow(expect.objectContaining({ code: 'invalid_request', field: 'suppressTokens' }));
  });
});

it('without timestamps a window is one segment, trimmed to its speech', async () => {
  const { results } = await recognise(() => ({ text: ' One. Two.' }), [windowAt(0, 10, [1, 3], [5, 9])], { withoutTimestamps: true });
  expect(results).toMatchObject([{ segments: ['0.8-9.2 One. Two.'], findings: [] }]);
});

describe('of several samples', () => {
  const answers = [-0.5, -0.3, -0.4].map((avgLogProb, index) => ({ text: `<0> Try ${index}.<10>`, avgLogProb }));

  it('the most probable one is kept', async () => {
    const { results, questions } = await recognise(inTurn({ 0: answers }), one, { temperature: 0.7, bestOf: 3 });
    expect(results[0]?.text).toBe('Try 1.');
    expect(questions.map(({ request }) => request.seed)).toEqual([[0], [1], [2]]);
  });

  it('a length penalty of 0 looks at the sum', async () => {
    const long = { text: `<0> ${'A longer text.'.repeat(3)}<10>`, avgLogProb: -0.2 };
    const best = async (lengthPenalty: number | null) =>
      (await recognise(inTurn({ 0: [long, { text: '<0> Short.<10>', avgLogProb: -0.3 }] }), one, { temperature: 0.7, bestOf: 2, lengthPenalty }))
        .results[0]?.text;
    expect(await best(null)).toMatch(/^A longer/);
    expect(await best(0)).toBe('Short.');
  });

  it('none is taken at temperature 0, and five with the quality “accurate”', async () => {
    expect((await recognise(says, one, { bestOf: 3 })).questions).toHaveLength(1);
    expect((await recognise(says, one, { quality: 'accurate', temperature: 0.7 })).questions).toHaveLength(5);
  });
});

describe('a window is decoded again', () => {
  const mumble: Script['says'] = () => ({ text: '<0> Mumble.<10>', avgLogProb: -1.4 });
  it.each<[string, Partial<TranscribeOptions>, number[]]>([
    ['in the usual steps', {}, [0, 0.2, 0.4]],
    ['in smaller ones', { temperatureIncrement: 0.1 }, [0, 0.1, 0.2, 0.3, 0.4]],
    ['never with no increment', { temperatureIncrement: 0 }, [0]],
    ['never with null', { temperatureIncrement: null }, [0]],
    ['never below another threshold', { logProbThreshold: -1.5 }, [0]],
  ])('%s', async (_, options, expected) => {
    const { questions } = await recognise(mumble, one, options);
    expect(questions.map(({ request }) => request.temperature)).toEqual(expected);
  });
});

describe('a prefix', () => {
  const windows = [...one, windowAt(30, 10, [0, 10])];

  it('begins the text of the first window, which goes on from it without timestamps', async () => {
    const script = inTurn({ 0: [{ text: ' so, my fellows.' }], 30: [{ text: '<0> Ask.<10>' }] });
    const { results, questions } = await recognise(script, windows, { prefix: ' And ' });
    expect(questions.map(({ prompt }) => prompt)).toEqual([
      [1001, 1010, 1002, 1006, ...characters.encode(' And')],
      [1001, 1010, 1002],
    ]);
    expect(questions.map(({ request }) => request.timestamps)).toEqual([false, true]);
    expect(results.map(({ segments }) => segments)).toEqual([['0-10 And so, my fellows.'], ['30-40 Ask.']]);
  });

  it('is past where an earlier attempt has finished the first window', async () => {
    const { model, recognise } = recogniser(says, { prefix: 'And' }, [finished({ text: 'And so.' })]);
    await recognise(windows.slice(1), never);
    expect(model.questions[0]?.prompt).toEqual([1001, 1010, 1002]);
  });
});

describe('conditioned on the text before', () => {
  const windows = [0, 30, 60].map((start) => windowAt(start, 10, [0, 10]));
  const script = inTurn({ 0: [{ text: '<0> One.<10>' }], 30: [{ text: '<0> Two.<10>' }], 60: [{ text: '<0> Three.<10>' }] });
  const options = { conditionOnPreviousText: true, prompt: 'Numbers.' };

  it('each window is told the prompt and the windows before it, with their timestamps', async () => {
    const { questions } = await recognise(script, windows, options);
    expect(questions.map(before)).toEqual([' Numbers.', ' Numbers. One.', ' Numbers. One. Two.']);
    expect(questions[1]?.prompt).toEqual([1004, ...characters.encode(' Numbers.'), ...tokensOf('<0> One.<10>'), 1001, 1010, 1002]);
    expect(recogniser(says, options).batchSize).toBe(1);
  });

  it('as many of the last tokens as there is room for', async () => {
    const { questions } = await recognise(({ mark }) => ({ text: `<0> ${String(mark).repeat(150).slice(0, 150)}<10>`, avgLogProb: -0.2 }), windows, {
      ...options,
      compressionRatioThreshold: null,
    });
    expect(questions.map(({ prompt }) => prompt.indexOf(1001))).toEqual([10, 163, 224]);
  });

  it.each([
    ['sampled wildly', { temperature: 0.6 }],
    ['cut', { temperature: 0, temperatureFallback: false }],
  ])('a text that was %s is told to nobody', async (_, change) => {
    const circle = `<0> ${'round and '.repeat(30)}`;
    const says = ({ mark }: Question) => (mark === 0 && change.temperature === 0 ? { text: circle, ends: false } : { text: '<0> Fine.<10>' });
    const { questions } = await recognise(says, windows.slice(0, 2), { ...options, ...change });
    expect(before(questions.find(({ mark }) => mark === 30) as Question)).toBe(' Numbers.');
  });

  it('what an earlier attempt has finished is told too', async () => {
    const { model, recognise } = recogniser(says, options, [finished({ text: ' Zero.' })]);
    await recognise(one, never);
    expect(model.questions.map(before)).toEqual([' Numbers. Zero.']);
  });

  it('they are not without the option', async () => {
    expect((await recognise(says, windows)).questions.map(({ prompt }) => prompt)).toEqual(windows.map(() => [1001, 1010, 1002]));
  });
});

it('a segment says how it was decoded', async () => {
  const script = inTurn({
    30: [
      { text: '<0> M.<10>', avgLogProb: -1.4 },
      { text: '<0> One.<4><4> Two.<10>', noSpeechProb: 0.25 },
    ],
  });
  const { recognise } = recogniser(script);
  const [result] = await recognise([windowAt(30, 10, [0, 10])], never);
  const shared = { temperature: 0.2, noSpeechProb: 0.25, seek: 3000, compressionRatio: expect.closeTo(9 / 17) };
  expect(result?.segments?.map(({ decoding }) => decoding)).toEqual([
    { ...shared, tokens: tokensOf('<0> One.<4>') },
    { ...shared, tokens: tokensOf('<4> Two.<10>') },
  ]);
});

describe('a model that reads no tokens first', () => {
  const plain = { id: 'm', name: 'M', languages: ['en'], wordTimes: false, prompt: false, translation: false, license: 'MIT', default: true };
  it.each<[Partial<TranscribeOptions>, string]>([
    [{ prefix: 'And' }, 'prefix'],
    [{ suppressTokens: [] }, 'suppressTokens'],
    [{ conditionOnPreviousText: true }, 'conditionOnPreviousText'],
    [{ wordTimes: true }, 'wordTimes'],
    [{ task: 'translate' }, 'task'],
  ])('refuses %o', (options, field) => {
    expect(unsupportedOption(completeOptions(options), plain, 'options.')).toMatchObject({ code: 'option_not_supported', field: `options.${field}` });
    expect(unsupportedOption(completeOptions(options), { ...plain, prompt: true, wordTimes: true, translation: true })).toBeNull();
  });

  it('refuses a language that it does not know, and no wish that only says how hard to search', () => {
    expect(unsupportedOption(completeOptions({ language: 'de' }), plain)).toMatchObject({ code: 'language_not_supported', field: 'language' });
    expect(unsupportedOption(completeOptions({ bestOf: 5, patience: 2, lengthPenalty: 1, beamSize: 5, noSpeechThreshold: null }), plain)).toBeNull();
  });
});
