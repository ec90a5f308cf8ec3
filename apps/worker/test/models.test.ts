/** POST /v1/models/:name: a model that a worker lacks is fetched, taken into memory, and told of meanwhile. */
import { AppError, defaultOptions, type Health, type ModelInfo, type ModelPreparation, type Ping } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import { createFakeEngine, fakeEngineInfo } from './fake-engine.ts';
import { runWorker } from './run-worker.ts';
import { bytesOf, errorOf, type WorkerClient } from './worker-client.ts';

const NAME = 'somebody--whisper-of-mine';
const info: ModelInfo = { ...(fakeEngineInfo.models[0] as ModelInfo), id: NAME, default: false };

const ask = async <T>(client: WorkerClient, path: string): Promise<T> => (await (await client.fetch(path)).json()) as T;
const ping = (client: WorkerClient): Promise<Ping> => ask(client, '/v1/ping');
/** The ping that tells of the first news. */
const firstNews = (client: WorkerClient): Promise<Ping> => ask(client, '/v1/ping?waitMs=25000&news=0');
const request = async (client: WorkerClient, name = NAME) => {
  const answer = await client.fetch(`/v1/models/${name}`, { method: 'POST' });
  expect(answer.status).toBe(202);
  return (await answer.json()) as ModelPreparation;
};

/** A worker whose hub gives the model once `arrive` is called. */
async function start() {
  const more: ModelInfo[] = [];
  const asked: string[] = [];
  const arrival = Promise.withResolvers<void>();
  const { client, engine, lifecycle } = await runWorker({
    engine: createFakeEngine({ more }),
    fetchModel: async (name, { onProgress }) => {
      asked.push(name);
      if (name === defaultOptions.model || more.length > 0) return;
      onProgress({ doneBytes: 25, totalBytes: 100 });
      await arrival.promise;
      more.push(info);
    },
  });
  return { client, engine, lifecycle, asked, arrive: arrival.resolve, fail: arrival.reject };
}

describe('a model that the worker lacks', () => {
  it('is fetched and loaded; ping and health tell how far it is, and it keeps the worker meanwhile', async () => {
    const { client, engine, lifecycle, asked, arrive } = await start();
    expect(await request(client)).toMatchObject({ name: NAME, state: 'fetching', error: null });
    expect(await request(client)).toMatchObject({ state: 'fetching' });
    const fetching = { name: NAME, state: 'fetching', doneBytes: 25, totalBytes: 100, error: null };
    expect((await ping(client)).preparing).toEqual([fetching]);
    expect((await ask<Health>(client, '/health')).preparing).toEqual([fetching]);
    expect(lifecycle.report.keptAliveBy).toContain('model');
    // Whoever waits for news hears at once.
    const news = firstNews(client);
    arrive();
    const { preparing, models } = await news;
    expect([preparing, models.map(({ id }) => id)]).toEqual([[], [defaultOptions.model, NAME]]);
    expect(lifecycle.report.keptAliveBy).not.toContain('model');
    expect([asked, engine.loaded]).toEqual([[defaultOptions.model, NAME], [NAME]]);
  });

  it('goes by any of its names', async () => {
    const more = [{ ...info, id: 'large-v3-turbo' }];
    const { client, engine } = await runWorker({ engine: createFakeEngine({ more }) });
    const news = firstNews(client);
    await request(client, 'turbo');
    expect((await news).preparing).toEqual([]);
    expect(engine.loaded).toEqual(['large-v3-turbo']);
  });

  it('that cannot be fetched says why, for as long as nobody asks for it anew', async () => {
    const { client, lifecycle, fail } = await start();
    await request(client);
    const news = firstNews(client);
    fail(new AppError('model_gated', 'The hub gives it only with a token.'));
    expect((await news).preparing).toMatchObject([{ name: NAME, state: 'failed', error: { code: 'model_gated', hint: expect.any(String) } }]);
    expect(lifecycle.report.keptAliveBy).not.toContain('model');
    expect(await request(client)).toMatchObject({ state: 'fetching', error: null });
  });

  it('is not known where nothing can be fetched, and nothing but a name is taken for one', async () => {
    const { client } = await runWorker();
    const news = firstNews(client);
    await request(client);
    expect((await news).preparing).toMatchObject([{ state: 'failed', error: { code: 'model_unknown' } }]);
    for (const name of ['..%2fetc', '%20', '.hidden']) {
      const answer = await client.fetch(`/v1/models/${name}`, { method: 'POST' });
      expect(await errorOf(answer)).toMatchObject({ status: 400, code: 'invalid_request' });
    }
  });

  it('does not displace the model of the recording that is at work', async () => {
    const { client, engine, arrive } = await start();
    const { id } = await client.submit(bytesOf('fake{hang-after=1}'));
    await client.untilState(id, 'running');
    await request(client);
    const news = firstNews(client);
    arrive();
    expect((await news).models.map((model) => model.id)).toContain(NAME);
    expect(engine.loaded).toEqual([]);
  });

  it('is not asked for at a worker that is ending', async () => {
    const { client } = await start();
    await client.post('/v1/drain', {});
    expect(await errorOf(await client.fetch(`/v1/models/${NAME}`, { method: 'POST' }))).toMatchObject({ status: 503, code: 'shutting_down' });
  });
});
