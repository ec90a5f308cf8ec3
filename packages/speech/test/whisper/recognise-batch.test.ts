import type { TranscribeOptions } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import { RATE } from '../media.ts';
import type { Question, Script } from './scripted-model.ts';
import { finished, inTurn, never, recognise, recogniser, windowAt } from './scripted-windows.ts';

describe('windows', () => {
  it('become segments in the time of the recording, trimmed to speech', async () => {
    const says = inTurn({ 100: [{ text: '<0> One.<4><4> Two.<9>' }], 130: [{ text: '<0> Three.<5>' }] });
    const { results } = await recognise(says, [windowAt(100, 10, [1, 3], [5, 9]), windowAt(130, 5, [0, 5])]);
    expect(results).toMatchObject([
      { text: 'One. Two.', language: 'en', segments: ['100.8-103.2 One.', '104.8-109 Two.'], findings: [] },
      { text: 'Three.', segments: ['130-135 Three.'], findings: [] },
    ]);
  });

  it('that are silent by the rule have no text', async () => {
    const silent = { text: '<0> you<1>', noSpeechProb: 0.9, avgLogProb: -1.5 };
    const { results, questions } = await recognise(() => silent, [windowAt(0, 2, [0.5, 1])]);
    expect(results).toMatchObject([{ text: '', segments: [], findings: [] }]);
    expect(questions).toHaveLength(1);
  });
});

describe('the tail of a window', () => {
  const halfHeard = windowAt(0, 10, [0, 4], [6, 9]);

  it('with more than 1 s of speech is asked for once more, on the same hidden states, from a little before the speech', async () => {
    const says = inTurn({ 0: [{ text: '<0> One.<4>' }], 5: [{ text: '<6> Two.<9>' }] });
    const { results, questions } = await recognise(says, [halfHeard]);
    expect(results).toMatchObject([{ text: 'One. Two.', segments: ['0-4 One.', '6-9 Two.'], findings: [] }]);
    expect(questions.map(({ from, samples }) => [from, samples])).toEqual([
      [0, 10 * RATE],
      [5.7, 10 * RATE],
    ]);
  });

  it.each([
    ['nothing', '', -0.2],
    ['a text that is hardly probable', '<6> Too.<9>', -0.85],
    ['more text than can be said', '<6> The truth I heard him not and I watched him.<9>', -0.2],
  ])('of which %s comes is heard by itself', async (_, text, avgLogProb) => {
    const says = inTurn({ 0: [{ text: '<0> One.<4>' }], 5: [{ text, avgLogProb }, { text: '<0> Two.<4>' }] });
    const { results, questions } = await recognise(says, [halfHeard]);
    expect(results).toMatchObject([{ text: 'One. Two.', findings: [] }]);
    expect(questions.map(({ from, samples }) => [from, samples]).at(-1)).toEqual([0, 4.3 * RATE]);
  });

  it.each([
    ['holds less speech', windowAt(0, 6, [0, 4], [5, 5.9]), '<0> One.<4>'],
    ['is covered by a text without an end', windowAt(0, 10, [0, 4], [6, 9]), '<0> One.<4><4> Two'],
    ['is the whole window', windowAt(0, 3, [0, 3]), '<0> One.<0.4>'],
  ])('that %s is left', async (_, window, text) => {
    const { questions } = await recognise(({ mark }) => (mark === 0 ? { text } : { text: '', avgLogProb: -0.5 }), [window]);
    // The audit may look for speech that it misses, but nothing goes on from the last timestamp to the end.
    expect(questions.slice(1).filter(({ samples }) => samples === window.samples.length - 4 * RATE)).toEqual([]);
  });

  it('is asked for three times at most; what is missing then is heard once by the audit, and told', async () => {
    const { questions, results } = await recognise(({ from }) => ({ text: `<${from}> On.<${from + 1}>` }), [windowAt(0, 30, [0, 30])]);
    expect(questions.map(({ mark }) => mark)).toEqual([0, 1, 2, 3, 4]);
    expect(results[0]?.findings).toEqual([expect.objectContaining({ code: 'speech_without_text', start: 4.1, end: 30 })]);
  });
});

describe('the audit', () => {
  it('hears speech again that no segment covers, without the prompt, and puts what it finds in its place', async () => {
    const says = inTurn({ 0: [{ text: '<0> One.<3><7> Three.<10>' }], 3: [{ text: '<0> Two.<3>' }] });
    const { results, questions } = await recognise(says, [windowAt(0, 10, [0, 10])], { prompt: 'Numbers.' });
    expect(results).toMatchObject([{ text: 'One. Two. Three.', segments: ['0-3 One.', '3-6 Two.', '7-10 Three.'], findings: [] }]);
    expect(questions[0]?.prompt.length).toBeGreaterThan(3);
    expect(questions[1]?.prompt).toHaveLength(3);
  });

  it('tells where speech stays without text', async () => {
    const { results } = await recognise(inTurn({ 0: [{ text: '<0> One.<3><7> Three.<10>' }], 3: [{ text: '' }] }), [windowAt(0, 10, [0, 10])]);
    expect(results[0]?.findings).toEqual([expect.objectContaining({ code: 'speech_without_text', start: 3.1, end: 6.9 })]);
  });

  it('leaves text out where nobody speaks and a second hearing finds nothing, and says so', async () => {
    const says = inTurn({ 0: [{ text: '<0> One.<2><4> Thank you.<6><8> Two.<10>' }], 3: [{ text: '' }] });
    const { results } = await recognise(says, [windowAt(0, 10, [0, 2], [8, 10])]);
    expect(results[0]?.text).toBe('One. Two.');
    expect(results[0]?.findings).toEqual([
      expect.objectContaining({ code: 'noise_left_out', start: 3.7, end: 6.3, message: expect.stringContaining('Thank you.') }),
    ]);
  });

  it('tells where it heard again, also of a text whose times lie behind the end', async () => {
    const says = inTurn({ 0: [{ text: '<0> One.<2><10.5> Thank you.<11>' }], 9: [{ text: '' }] });
    const { results } = await recognise(says, [windowAt(0, 10, [0, 2])]);
    expect(results[0]?.findings).toEqual([expect.objectContaining({ code: 'noise_left_out', start: 9.7, end: 10 })]);
  });

  it('keeps text over silence that is heard twice, with a warning', async () => {
    const says = inTurn({ 0: [{ text: '<0> One.<2><4> Psst.<6><8> Two.<10>' }], 3: [{ text: '<0> Psst.<2>' }] });
    const { results } = await recognise(says, [windowAt(0, 10, [0, 2], [8, 10])]);
    expect(results[0]?.text).toBe('One. Psst. Two.');
    expect(results[0]?.findings).toEqual([expect.objectContaining({ code: 'text_over_silence', start: 4, end: 6 })]);
  });

  it('cuts a loop that no temperature ends, and goes on behind it', async () => {
    const circle = `<0> ${'round and '.repeat(30)}`;
    const { results } = await recognise(({ mark }) => (mark === 0 ? { text: circle, ends: false } : { text: '' }), [windowAt(0, 12, [0, 12])]);
    expect(results[0]?.text).toBe('round and');
    expect(results[0]?.findings).toEqual(expect.arrayContaining([expect.objectContaining({ code: 'loop_cut', start: 0, end: 12 })]));
  });

  it.each([
    ['little speech, which the model doubts', '', 0.5, { noSpeechProb: 0.8, wordsLogProb: -3 }],
    ['little speech, which the model does not doubt', 'You', 0.5, { noSpeechProb: 0.5, wordsLogProb: -3 }],
    ['little speech, of whose words it is sure', 'You', 0.5, { noSpeechProb: 0.8, wordsLogProb: -0.5 }],
    ['more speech', 'You', 2, { noSpeechProb: 0.8, wordsLogProb: -3 }],
    ['speech that has more than a second for each letter', '', 6, { noSpeechProb: 0.8, wordsLogProb: -3 }],
    ['so much speech, which the model does not doubt', 'You', 6, { noSpeechProb: 0.5, wordsLogProb: -3 }],
  ])('a text that is probable with its timestamps, over %s, becomes “%s”', async (_, text, length, doubts) => {
    const whole = windowAt(0, 7, [0, length]);
    const says: Script['says'] = ({ samples, from }) =>
      samples === whole.samples.length && from === 0 ? { text: '<0> You<2>', avgLogProb: -0.9, ...doubts } : { text: '' };
    const { results } = await recognise(says, [whole]);
    expect(results[0]?.text).toBe(text);
  });

  it.each([
    [0.5, '', 'noise_left_out'],
    [3, 'Mumble.', 'uncertain_text'],
  ])('an improbable text over %d s of speech becomes “%s”: %s', async (length, text, code) => {
    const { results } = await recognise(() => ({ text: '<0> Mumble.<3>', avgLogProb: -1.4 }), [windowAt(0, 3, [0, length])]);
    expect(results[0]?.text).toBe(text);
    expect(results[0]?.findings).toEqual([expect.objectContaining({ code })]);
  });
});

describe('a window is decoded again', () => {
  it('by itself, with its own seed, where its text loops; its neighbours are not', async () => {
    const says = inTurn({ 0: [{ text: '<0> Fine.<2>' }], 30: [{ text: `<0> ${'no no '.repeat(40)}<2>` }, { text: '<0> Good.<2>' }] });
    const { results, questions } = await recognise(says, [windowAt(0, 2, [0, 2]), windowAt(30, 2, [0, 2])]);
    expect(results.map(({ text }) => text)).toEqual(['Fine.', 'Good.']);
    expect(questions[2]?.request).toMatchObject({ temperature: 0.2, seed: [30 * RATE], beams: 1 });
  });

  it('not at all where the fall-back is off', async () => {
    const { questions } = await recognise(() => ({ text: '<0> Mumble.<3>', avgLogProb: -1.4 }), [windowAt(0, 3, [0, 3])], {
      temperatureFallback: false,
    });
    expect(questions).toHaveLength(1);
  });

  it('for a text that is only a part of the prompt; where that is off it stays, and the reader is told', async () => {
    const prompt = 'Minutes of the meeting in Lyme.';
    const echoed = { text: '<0> Minutes of the meeting<3>' };
    const says = inTurn({ 0: [echoed, { text: '<0> Mumble.<3>' }] });
    const again = await recognise(says, [windowAt(0, 3, [0, 3])], { prompt });
    expect(again.results).toMatchObject([{ text: 'Mumble.', findings: [] }]);
    const once = await recognise(() => echoed, [windowAt(0, 3, [0, 3])], { prompt, temperatureFallback: false });
    expect(once.results).toMatchObject([{ text: 'Minutes of the meeting', findings: [{ code: 'uncertain_text', start: 0, end: 3 }] }]);
  });

  it('without the limit for short windows, where it came to no end', async () => {
    const long = 'abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789';
    const says: Script['says'] = ({ request }) => ({ text: `<0>${long.slice(0, request.maxTokens)}`, ends: (request.maxTokens ?? 0) > 100 });
    const { results, questions } = await recognise(says, [windowAt(0, 1, [0, 1])]);
    expect(questions.map(({ request }) => request.maxTokens)).toEqual([44, 224]);
    expect(results[0]?.text).toBe(long);
  });
});

describe('the language', () => {
  const windows = [windowAt(0, 5, [0, 1]), windowAt(10, 5, [0, 5]), windowAt(20, 5, [0, 5])];
  const hears = (mark: number): [string, number] => (mark === 0 ? ['en', 0.99] : ['de', 0.6]);
  const spoken = (questions: readonly Question[]) => questions.map(({ prompt }) => prompt[1]);

  it('of the recording is voted for by probability and speech', async () => {
    const { results, questions } = await recognise({ says: () => ({ text: '<0> Ja.<5>' }), hears }, windows, { language: null });
    expect(spoken(questions)).toEqual([1011, 1011, 1011]);
    expect(results.map(({ language }) => language)).toEqual(['de', 'de', 'de']);
  });

  it('stays that of the first batch, or of an earlier attempt', async () => {
    const { recognise, model } = recogniser({ says: () => ({ text: '<0> Ja.<5>' }), hears }, { language: null });
    await recognise(windows.slice(1), never);
    await recognise(windows.slice(0, 1), never);
    expect(spoken(model.questions)).toEqual([1011, 1011, 1011]);
    const resumed = recogniser({ says: () => ({ text: '<0> Ja.<5>' }), hears }, { language: null }, [finished({ language: 'zh', text: 'Ni hao.' })]);
    await resumed.recognise(windows.slice(0, 1), never);
    expect(spoken(resumed.model.questions)).toEqual([1012]);
  });

  it('is heard for each window on request', async () => {
    const { questions } = await recognise({ says: () => ({ text: '<0> Ja.<5>' }), hears }, windows, { language: null, languageDetection: 'window' });
    expect(spoken(questions)).toEqual([1010, 1011, 1011]);
  });

  it('is never doubted when it was given', async () => {
    const { questions } = await recognise({ says: () => ({ text: '<0> Ja.<5>', avgLogProb: -0.9 }), hears }, windows, { language: 'en' });
    expect(spoken(questions)).toEqual([1010, 1010, 1010]);
  });

  it('of an uncertain window is heard again: the more probable text wins, with a warning', async () => {
    const says: Script['says'] = ({ mark, prompt }) => ({ text: '<0> Hm.<5>', avgLogProb: mark === 0 && prompt[1] === 1011 ? -0.9 : -0.2 });
    const { results } = await recognise({ says, hears }, windows, { language: null });
    expect(results.map(({ language }) => language)).toEqual(['en', 'de', 'de']);
    expect(results.map(({ findings }) => findings?.map(({ code }) => code))).toEqual([['language_changed'], [], []]);
  });
});

describe('the request', () => {
  const one = [windowAt(0, 10, [0, 10])];
  const ask = async (options: Partial<TranscribeOptions>) => (await recognise(() => ({ text: '<0> Yes.<10>' }), one, options)).questions[0]?.request;

  it.each([
    [{}, { beams: 1, temperature: 0, timestamps: true, alignment: true, maxTokens: 224 }],
    [{ quality: 'accurate' as const }, { beams: 5, alignment: false }],
    [{ quality: 'accurate' as const, beamSize: 3 }, { beams: 3 }],
    [
      { temperature: 0.3, beamSize: 3 },
      { beams: 1, temperature: 0.3 },
    ],
    [{ quality: 'accurate' as const, wordTimes: true }, { alignment: true }],
    [{ task: 'translate' as const }, { prompts: [[1001, 1010, 1003]] }],
  ])('of %o', async (options, expected) => {
    expect(await ask(options)).toMatchObject(expected);
  });
});

it('a prompt that had to be shortened is told', () => {
  expect(recogniser(() => ({ text: '' }), { prompt: 'x'.repeat(300) }).warnings).toEqual([expect.objectContaining({ code: 'prompt_shortened' })]);
  expect(recogniser(() => ({ text: '' }), { prompt: 'x' }).warnings).toEqual([]);
});

it('an abort is heeded before the next step', async () => {
  const controller = new AbortController();
  const { recognise } = recogniser(() => {
    controller.abort();
    return { text: '<0> One.<4>' };
  });
  await expect(recognise([windowAt(0, 10, [0, 4], [6, 9])], controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
});
