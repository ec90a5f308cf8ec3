import { appendFile, cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { defaultOptions, type TranscribeOptions, transcriptText } from '@bulk-transcribe/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTranscriber, type Transcriber } from '../../src/transcriber.ts';
import { findCheckpoints } from '../../src/whisper/find-checkpoints.ts';
import { temporaryFolder } from '../media.ts';
import { goldenFile, micro } from './golden.ts';

const never = new AbortController().signal;
const broken: [name: string, file: string, content: string | null, message: RegExp][] = [
  ['without weights', 'model.safetensors', null, /model\.safetensors is missing/],
  ['without a tokenizer', 'tokenizer.json', null, /tokenizer\.json/],
  ['of another kind', 'config.json', '{"model_type":"bert"}', /config\.json/],
  ['with a broken config', 'config.json', '{', /config\.json/],
];
const jfk = goldenFile('audio/jfk.flac');

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let transcriber: Transcriber;
beforeAll(async () => {
  folder = await temporaryFolder();
  await cp(micro, folder.path('copied'), { recursive: true });
  await symlink(micro, folder.path('linked'));
  await mkdir(folder.path('empty'));
  await mkdir(folder.path('.hidden'));
  await writeFile(folder.path('notes.txt'), 'no model');
  for (const [name, file, content] of broken) {
    await cp(micro, folder.path(name), { recursive: true });
    await rm(folder.path(`${name}/${file}`));
    if (content !== null) await writeFile(folder.path(`${name}/${file}`), content);
  }
  transcriber = await createTranscriber({ threads: 1, modelsDir: folder.path(''), decoder: 'node-av' });
});
afterAll(() => folder[Symbol.asyncDispose]());

const run = (options: Partial<TranscribeOptions>, file = jfk) =>
  transcriber.transcribe({ path: file, name: 'clip' }, { ...defaultOptions, ...options }, never, () => {});

describe('a checkpoint in the models folder', () => {
  it('is a model, a linked one too; other folders are not', async () => {
    const found = (await findCheckpoints(folder.path(''))).filter(({ problem }) => !problem);
    expect(found.map(({ id }) => id)).toEqual(['copied', 'linked']);
    expect(found[1]?.info).toEqual({
      id: 'linked',
      name: 'Whisper (linked)',
      languages: ['en', 'zh', 'de', 'es'],
      wordTimes: true,
      prompt: true,
      translation: true,
      license: 'unknown',
      default: false,
    });
    expect(await findCheckpoints(folder.path('nowhere'))).toEqual([]);
  });

  it('can be asked for as soon as it is there, and no longer than it is', async () => {
    await symlink(folder.path('copied'), folder.path('later'), 'dir');
    expect((await run({ model: 'later' })).provenance.model.id).toBe('later');
    await rm(folder.path('later'));
    await expect(run({ model: 'later' })).rejects.toMatchObject({ code: 'model_not_found' });
  });

  it('that was removed and installed again is read anew', async () => {
    const hashes = async () => (await run({ model: 'again' })).provenance.model.files.map(({ sha256 }) => sha256);
    await cp(micro, folder.path('again'), { recursive: true });
    const first = await hashes();
    await rm(folder.path('again'), { recursive: true });
    await cp(micro, folder.path('again'), { recursive: true });
    await appendFile(folder.path('again/config.json'), '\n');
    const second = await hashes();
    expect(second).not.toEqual(first);
    expect(second.slice(1)).toEqual(first.slice(1));
    await rm(folder.path('again'), { recursive: true });
  });

  it('transcribes: text, times, words, language, how it was made', async () => {
    expect(transcriber.info().models.map(({ id }) => id)).toEqual(['moonshine-tiny-en', 'copied', 'linked']);
    const transcript = await run({ model: 'linked', wordTimes: true });
    expect(transcriptText(transcript)).toBe(
      'And so my fellow Americans ask not what your country can do for you, ask what you can do for your country.',
    );
    expect(transcript.language).toBe('en');
    expect(transcript.provenance.model.id).toBe('linked');
    expect(transcript.provenance.model.files.map(({ name }) => name)).toEqual([
      'config.json',
      'tokenizer.json',
      'generation_config.json',
      'model.safetensors',
    ]);
    for (const segment of transcript.segments) {
      expect(segment.words?.map(({ text }) => text).join(' ')).toBe(segment.text);
      for (const word of segment.words ?? []) {
        expect(word.start).toBeGreaterThanOrEqual(segment.start);
        expect(word.end).toBeLessThanOrEqual(segment.end);
        expect(word.confidence).toBeGreaterThan(0.5);
      }
    }
    const german = await run({ model: 'linked', language: 'de' }, goldenFile('audio/leo-de.flac'));
    expect(transcriptText(german)).toContain('Leichenhalle');
    const english = await run({ model: 'linked', language: 'de', task: 'translate' }, goldenFile('audio/leo-de.flac'));
    expect(transcriptText(english)).toContain('morgue');
  });

  it('is refused what it cannot do, before it is loaded', async () => {
    await expect(run({ model: 'linked', language: 'nl' })).rejects.toMatchObject({ code: 'language_not_supported', field: 'language' });
    await expect(run({ task: 'translate' })).rejects.toMatchObject({ code: 'option_not_supported', field: 'task' });
    await expect(run({ model: 'other' })).rejects.toMatchObject({ code: 'model_not_found', field: 'model' });
  });

  it('that is damaged is not listed, and says why when it is asked for', async () => {
    for (const [name, , , message] of broken) {
      await expect(run({ model: name }), name).rejects.toMatchObject({ code: 'engine_unavailable', message: expect.stringMatching(message) });
    }
  });

  it('one model is in memory at a time, and each is there again when asked for', async () => {
    const texts: string[] = [];
    for (const model of ['copied', 'linked', 'copied']) texts.push(transcriptText(await run({ model, language: 'en' })));
    expect(new Set(texts).size).toBe(1);
  });
});
