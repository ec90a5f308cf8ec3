/** What a recording's text is hangs on the recording alone, not on how many windows the machine has memory for. */
import { defaultOptions } from '@bulk-transcribe/protocol';
import { expect, it } from 'vitest';
import { whisperRecogniser } from '../../src/whisper/whisper-recogniser.ts';
import { characters, scriptedFacts, scriptedModel } from './scripted-model.ts';
import { never, windowAt } from './scripted-windows.ts';

const info = { id: 'w', name: 'W', languages: ['en', 'de', 'zh'], wordTimes: true, prompt: true, translation: true, license: 'MIT', default: false };
const WINDOW = 10;
const windows = Array.from({ length: 20 }, (_, index) => windowAt(index * WINDOW, WINDOW, [0, WINDOW]));
/** Three windows of English, five of German, and Chinese to the end: each batch by itself would vote otherwise. */
const languageAt = (mark: number): string => (mark < 3 * WINDOW ? 'en' : mark < 8 * WINDOW ? 'de' : 'zh');
const codes = new Map([...scriptedFacts.tokens.languages].map(([code, token]) => [token, code]));

/** As the windows of a recording come: as many at once as the recogniser asks for. */
async function hear(batchSize: number) {
  const model = scriptedModel({
    says: ({ mark, prompt }) => ({ text: `<0> ${mark} in ${prompt.map((token) => codes.get(token) ?? '').join('')}.<${WINDOW}>` }),
    hears: (mark) => [languageAt(mark), 0.9],
  });
  const recogniser = whisperRecogniser({ info, model: { ...model, batchSize }, tokenizer: characters }, { ...defaultOptions, language: null });
  const texts: string[] = [];
  while (texts.length < windows.length) {
    const some = windows.slice(texts.length, texts.length + recogniser.batchSize);
    texts.push(...(await recogniser.recognise(some, never)).map(({ text }) => text));
  }
  return texts;
}

it('the language is that of the first eight windows, and every text is the same, in batches of 1, 3, 8 and 32', async () => {
  const usual = await hear(8);
  expect(usual.every((text) => text.endsWith('in de.'))).toBe(true);
  for (const batchSize of [1, 3, 32]) expect(await hear(batchSize)).toEqual(usual);
});
