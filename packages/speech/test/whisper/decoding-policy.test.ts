import { describe, expect, it } from 'vitest';
import { type Attempt, best, compressionRatio, isSound, type Thresholds, toAttempt } from '../../src/whisper/decode/attempt.ts';
import { cutLoop } from '../../src/whisper/decode/cut-loop.ts';
import { echoes } from '../../src/whisper/decode/echo.ts';
import { type Chain, fallBack, type Variant } from '../../src/whisper/decode/fall-back.ts';
import { describeWithBase, golden } from './base-golden.ts';
import { characters, rowOf, type Said } from './scripted-model.ts';

/** OpenAI's. */
const usual: Thresholds = { compressionRatio: 2.4, logProb: -1, noSpeech: 0.6 };
const attempt = (said: Said, temperature = 0, thresholds = usual): Attempt => {
  const row = rowOf(said);
  return toAttempt({ row, prompt: [], text: characters.decode(row.tokens), temperature, echo: false, wordsLogProb: row.avgLogProb }, thresholds);
};
const circle = 'round and '.repeat(20);

describeWithBase('the compression ratio', async () => {
  const { compressionRatio: cases } = await golden<{ compressionRatio: [string, number][] }>('tokenizer.json');
  it.each(cases)('of “%s” is that of the reference', (text, expected) => {
    expect(compressionRatio(text)).toBeCloseTo(expected, 5);
  });
});

describe('an attempt', () => {
  it.each([
    ['probable', { text: 'Hello there.' }, { sound: true, silent: false }],
    ['at the limit of probability', { text: 'Hello.', avgLogProb: -1 }, { sound: true, silent: false }],
    ['improbable', { text: 'Hello.', avgLogProb: -1.01 }, { sound: false, silent: false }],
    ['a circle', { text: circle }, { sound: false, silent: false }],
    ['silent by the model, but sure of its text', { text: 'Hello.', noSpeechProb: 0.9 }, { sound: true, silent: false }],
    ['silent and improbable', { text: 'you', noSpeechProb: 0.61, avgLogProb: -1.1 }, { sound: false, silent: true }],
    ['improbable, hardly silent', { text: 'you', noSpeechProb: 0.6, avgLogProb: -1.1 }, { sound: false, silent: false }],
    ['a short circle that never ends', { text: 'Yes. no no no no no no', ends: false }, { sound: false, silent: false }],
    ['the same, ended', { text: 'Yes. no no no no no no' }, { sound: true, silent: false }],
  ])('%s', (_, said, expected) => {
    expect({ sound: isSound(attempt(said)), silent: attempt(said).silent }).toEqual(expected);
  });

  it.each<[string, Said, Partial<Thresholds>, Partial<Attempt>]>([
    ['a circle, at a higher limit', { text: circle }, { compressionRatio: 20 }, { loops: false }],
    ['a circle, where nobody looks', { text: circle }, { compressionRatio: null }, { loops: false }],
    ['improbable, at a lower limit', { text: 'Hello.', avgLogProb: -1.5 }, { logProb: -2 }, { improbable: false }],
    ['improbable, where nobody looks', { text: 'Hello.', avgLogProb: -9 }, { logProb: null }, { improbable: false }],
    ['silent alone, where nobody looks at probability', { text: 'you', noSpeechProb: 0.9 }, { logProb: null }, { silent: true }],
    ['silent, at a higher limit', { text: 'you', noSpeechProb: 0.9, avgLogProb: -2 }, { noSpeech: 0.95 }, { silent: false }],
    ['silent, where nobody looks', { text: 'you', noSpeechProb: 1, avgLogProb: -2 }, { noSpeech: null }, { silent: false }],
  ])('%s', (_, said, thresholds, expected) => {
    expect(attempt(said, 0, { ...usual, ...thresholds })).toMatchObject(expected);
  });
});

describe('the fall-back', () => {
  /** Tries `answers` in turn, after a first one. */
  async function run(first: Said, answers: readonly Said[], chain: Partial<Chain> = {}) {
    const asked: Variant[] = [];
    const result = await fallBack(attempt(first), { hasContext: false, increment: 0.2, ...chain }, async (variant) => {
      const said = answers[asked.length];
      if (!said) throw new Error('Asked too often.');
      asked.push(variant);
      return attempt(said, variant.temperature);
    });
    return { asked: asked.map(({ temperature, withContext }) => `${temperature}${withContext ? ' with context' : ''}`), text: result.text };
  }
  const improbable = (text: string, avgLogProb: number) => ({ text, avgLogProb });

  it('stops at the first sound text', async () => {
    expect(await run({ text: circle }, [{ text: circle }, { text: 'good' }])).toEqual({ asked: ['0.2', '0.4'], text: 'good' });
  });

  it('stops where the model says that nothing is said', async () => {
    expect(await run({ text: circle }, [{ text: 'you', avgLogProb: -2, noSpeechProb: 0.9 }])).toMatchObject({ asked: ['0.2'] });
  });

  it('takes the most probable text, not the last, and stays at 0.4', async () => {
    const answers = [improbable('worse', -1.5), improbable('worst', -2)];
    expect(await run(improbable('first', -1.2), answers)).toEqual({ asked: ['0.2', '0.4'], text: 'first' });
  });

  it('goes on to 1.0 only while everything loops; a text that does not loop wins whatever its probability', async () => {
    const loop = { text: circle, avgLogProb: -0.1 };
    expect(await run(loop, [loop, loop, loop, improbable('at last', -3)])).toEqual({ asked: ['0.2', '0.4', '0.6', '0.8'], text: 'at last' });
    expect(await run(loop, [loop, loop, loop, loop, loop])).toEqual({ asked: ['0.2', '0.4', '0.6', '0.8', '1'], text: circle });
  });

  it('first leaves a prompt out, at the same temperature', async () => {
    expect(await run({ text: circle }, [{ text: 'good' }], { hasContext: true })).toEqual({ asked: ['0'], text: 'good' });
  });

  it('rises in the steps that were asked for, up to 1', async () => {
    const loop = { text: circle };
    expect(await run(loop, [loop, loop, loop], { increment: 0.3 })).toMatchObject({ asked: ['0.3', '0.6', '0.9'] });
    expect(await run(loop, [loop], { increment: 1 })).toMatchObject({ asked: ['1'] });
  });
});

it('the best of several that loop is the most probable', () => {
  const [a, b] = [attempt({ text: circle, avgLogProb: -0.5 }), attempt({ text: circle, avgLogProb: -0.4 }, 0.2)];
  expect(best([a, b])).toBe(b);
});

it('a circle is cut behind its first round', () => {
  const cut = cutLoop(attempt({ text: 'We walk round and round and round and round', ends: false }), characters.decode);
  expect(cut?.text).toBe('We walk round and');
  expect(cut?.row.logProbs).toHaveLength(cut?.row.tokens.length ?? -1);
  expect(cut?.ended).toBe(false);
  expect(cutLoop(attempt({ text: 'We walk.' }), characters.decode)).toBeNull();
});

it.each([
  ['Kellynch Hall, Captain Wentworth', true],
  ['kellynch hall captain wentworth.', true],
  ['Captain Wentworth', false],
  ['Captain Wentworth came to the Hall.', false],
  ['', false],
])('“%s” echoes the prompt: %s', (text, expected) => {
  expect(echoes(text, 'Names: Kellynch Hall, Captain Wentworth, Anne.')).toBe(expected);
});

it('loops are found by the whole text', () => {
  expect(attempt({ text: circle }).loops).toBe(true);
  expect(attempt({ text: '' }).loops).toBe(false);
});
