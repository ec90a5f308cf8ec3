/** The model of the settings on its way from the hub, before the engine is loaded. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Health } from '@bulk-transcribe/protocol';
import { trySettings } from '@bulk-transcribe/service';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TestHub } from '../../../packages/models/test/test-hub.ts';
import { checkpoint } from '../../../packages/models/test/tiny-checkpoint.ts';
import { settingsTable } from '../src/config.ts';
import { describeFetch, type FetchProgress, modelFetcher } from '../src/engine/fetch-model.ts';
import { createFakeEngine, fakeEngineInfo } from './fake-engine.ts';
import { runWorker, temporaryFolder } from './run-worker.ts';

const NAME = 'somebody--whisper-of-mine';
const log = pino({ level: 'silent' });

async function start(change: Record<string, string> = {}) {
  const hub = await TestHub.start();
  onTestFinished(() => hub[Symbol.asyncDispose]());
  hub.repositories.set('somebody/whisper-of-mine', checkpoint());
  const folder = await temporaryFolder();
  const { settings } = trySettings(settingsTable, { MODEL: NAME, MODELS_DIR: folder, HF_ENDPOINT: hub.url, ...change }, '/');
  const messages: string[] = [];
  const fetchModel = modelFetcher(settings, log);
  const onProgress = (progress: FetchProgress): void => void messages.push(describeFetch(settings.MODEL, progress));
  const fetch = async () => await fetchModel(settings.MODEL, { signal: new AbortController().signal, onProgress });
  return { hub, folder, fetch, messages, fetchModel };
}

describe('the model of the settings', () => {
  it('is fetched where it is not there, and tells how far it is; what is there is not asked for again', async () => {
    const { hub, folder, fetch, messages } = await start();
    await fetch();
    expect(existsSync(path.join(folder, NAME, 'model.safetensors'))).toBe(true);
    expect(messages[0]).toBe(`The worker is fetching the model ${NAME}.`);
    expect(messages).toContainEqual(expect.stringMatching(/: 100 % of \d+\.\d\d GB\.$/));
    const asked = hub.asked.length;
    await fetch();
    expect(hub.asked).toHaveLength(asked);
  });

  it('that ships with the product is never asked for', async () => {
    const { hub, fetch } = await start({ MODEL: 'moonshine-tiny-en' });
    await fetch();
    expect(hub.asked).toEqual([]);
  });

  it('by its repository is the same model, fetched once', async () => {
    const { hub, folder, fetch } = await start({ MODEL: 'somebody/whisper-of-mine' });
    await fetch();
    expect(existsSync(path.join(folder, NAME, 'model.safetensors'))).toBe(true);
    const asked = hub.asked.length;
    await fetch();
    expect(hub.asked).toHaveLength(asked);
  });

  it('is not fetched offline, and says so', async () => {
    const { hub, fetch } = await start({ HF_HUB_OFFLINE: '1' });
    await expect(fetch()).rejects.toMatchObject({ code: 'offline' });
    expect(hub.asked).toEqual([]);
  });
});

describe('a worker whose model is on its way', () => {
  const engine = {
    ...createFakeEngine(),
    prepare: async () => ({ ...fakeEngineInfo, models: [{ ...fakeEngineInfo.models[0], id: NAME }] as never }),
  };

  it('says how far it is, is kept by that, and takes work once the model is there', async () => {
    const arrived = Promise.withResolvers<void>();
    const { client, lifecycle } = await runWorker({
      model: NAME,
      engine,
      fetchModel: async (_name, { onProgress }) => {
        onProgress({ doneBytes: 550_800_000, totalBytes: 1_620_000_000 });
        await arrived.promise;
      },
    });
    const health = async () => (await (await client.fetch('/health')).json()) as Health;
    expect(await health()).toMatchObject({ status: 'starting', accepting: false, message: expect.stringContaining(`${NAME}: 34 % of 1.62 GB`) });
    expect(lifecycle.report.keptAliveBy).toContain('loading');
    const idle = new Promise<void>((resolve) => lifecycle.on('change', ({ to }) => to === 'idle' && resolve()));
    arrived.resolve();
    await idle;
    expect(await health()).toMatchObject({ status: 'ok', accepting: true });
  });

  it('that cannot be fetched says why', async () => {
    const { fetchModel } = await start({ HF_HUB_OFFLINE: '1' });
    const { client } = await runWorker({ model: NAME, engine, fetchModel, engineRetryMs: 600_000 });
    let health: Health;
    do health = (await (await client.fetch('/health')).json()) as Health;
    while (health.status === 'starting');
    expect(health).toMatchObject({ status: 'failed', message: expect.stringContaining('HF_HUB_OFFLINE') });
  });
});
