/** The default of an engine for which nobody has chosen a model. */
import { cp, symlink, truncate } from 'node:fs/promises';
import { defaultOptions, EMBEDDED_MODEL } from '@bulk-transcribe/protocol';
import { startEngine } from '@bulk-transcribe/speech';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from './media.ts';
import { goldenFile, micro } from './whisper/golden.ts';

const jfk = { path: goldenFile('audio/jfk.flac'), name: 'jfk' };

async function engineWith(options: Pick<Parameters<typeof startEngine>[0], 'chooseModel' | 'usualModel'>) {
  const folder = await temporaryFolder();
  await symlink(micro, folder.path('whole'), 'dir');
  await cp(micro, folder.path('cut'), { recursive: true });
  await truncate(folder.path('cut/model.safetensors'), 100_000);
  const engine = startEngine({ threads: 1, modelsDir: folder.path(''), ...options });
  onTestFinished(async () => {
    await engine.close();
    await folder[Symbol.asyncDispose]();
  });
  const usual = async () => (await engine.models()).filter((model) => model.default).map(({ id }) => id);
  const hear = (model: string) => engine.transcribe(jfk, { ...defaultOptions, model }, new AbortController().signal, () => undefined);
  return { engine, usual, hear };
}

it('is the usual one, and a choice goes before it', async () => {
  const usualModel = async () => 'whole';
  expect(await (await engineWith({ usualModel })).usual()).toEqual(['whole']);
  expect(await (await engineWith({ usualModel, chooseModel: () => EMBEDDED_MODEL })).usual()).toEqual([EMBEDDED_MODEL]);
  expect(await (await engineWith({ usualModel: async () => null })).usual()).toEqual([EMBEDDED_MODEL]);
  expect(await (await engineWith({ usualModel: async () => 'gone' })).usual()).toEqual([EMBEDDED_MODEL]);
});

it('is not loaded before it is asked for: one that is damaged keeps nobody from the others', async () => {
  const { engine, usual, hear } = await engineWith({ usualModel: async () => 'cut' });
  await engine.prepare();
  expect(await usual()).toEqual(['cut']);
  await expect(hear('cut')).rejects.toMatchObject({ code: 'engine_unavailable', message: expect.stringContaining('model.safetensors') });
  expect((await hear('whole')).segments).not.toEqual([]);
});
