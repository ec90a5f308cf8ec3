/** A remote worker lacks the model of a task: it is asked for it, told of meanwhile, and passed by only if it cannot. */
import { AppError, defaultOptions, type ModelInfo } from '@bulk-transcribe/protocol';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createFakeEngine, fakeEngineInfo } from '../../../worker/test/fake-engine.ts';
import { runWorker } from '../../../worker/test/run-worker.ts';
import { TOKEN } from '../../../worker/test/worker-client.ts';
import { quiet, temporaryDataRoot } from '../database/template.ts';
import { noRemote } from '../remote/no-remote.ts';
import { final, openCore, submit } from './controller-core.ts';

const NAME = 'whisper-of-mine';
const info: ModelInfo = { ...(fakeEngineInfo.models[0] as ModelInfo), id: NAME, default: false };

/** A pod whose hub has given 43 % of the model, and gives the rest once `arrive` is called. */
async function startPod() {
  const more: ModelInfo[] = [];
  const arrival = Promise.withResolvers<void>();
  // Nobody may have asked yet when it fails.
  arrival.promise.catch(() => undefined);
  const { client, engine, lifecycle } = await runWorker({
    engine: createFakeEngine({ more }),
    fetchModel: async (name, { onProgress }) => {
      if (name === defaultOptions.model || more.length > 0) return;
      onProgress({ doneBytes: 430, totalBytes: 1000 });
      await arrival.promise;
      more.push(info);
    },
  });
  return { url: client.url, name: new URL(client.url).host, engine, lifecycle, arrive: arrival.resolve, fail: arrival.reject };
}

async function open() {
  const dataRoot = await temporaryDataRoot();
  const remote = await noRemote(dataRoot);
  const core = await openCore({ dataRoot, log: quiet, remote });
  onTestFinished(() => core.close());
  return { ...core, settings: remote.settings };
}

const until = (seen: () => unknown) => vi.waitFor(() => expect(seen()).toBeTruthy(), { timeout: 30_000, interval: 20 });

test('the worker prepares the model, tasks of it wait and say so, others pass; one that cannot get it is passed by', async () => {
  const core = await open();
  const [first, second] = [await startPod(), await startPod()];
  const view = ({ name }: { name: string }) => core.dispatch.views().find((worker) => worker.name === name);
  const routing = () => core.dispatch.status().routing;
  await core.settings.save({ url: first.url, token: TOKEN, mode: 'optional' });
  await until(() => view(first)?.usable && view({ name: 'local' })?.usable);

  const [task] = await submit(core, ['fake{}'], { model: NAME });
  await until(() => view(first)?.preparing[0]?.doneBytes === 430);
  expect(view(first)?.preparing).toEqual([{ name: NAME, state: 'fetching', doneBytes: 430, totalBytes: 1000, error: null }]);
  expect(first.lifecycle.report.keptAliveBy).toContain('model');
  expect(routing().notices).toEqual([{ kind: 'preparing', text: `The worker ${first.name} prepares the model ${NAME}, 43 %.` }]);
  const [other] = await submit(core, ['fake{}']);
  expect((await final(core.jobs, other)).worker?.name).toBe(first.name);
  expect((await core.jobs.task('mine', task?.id ?? ''))?.state).toBe('queued');

  first.arrive();
  expect(await final(core.jobs, task)).toMatchObject({ state: 'succeeded', attempt: 1, worker: { name: first.name } });
  expect([first.engine.loaded.includes(NAME), view(first)?.preparing, routing().notices]).toEqual([true, [], []]);
  // A task that nobody chose a model for is never left with one that only the pod has.
  expect(core.dispatch.status().models.map(({ id, default: isDefault }) => [id, isDefault])).toEqual([
    [defaultOptions.model, true],
    [NAME, false],
  ]);

  await core.settings.save({ url: second.url, token: TOKEN });
  second.fail(new AppError('model_gated', 'The hub gives it only with a token.'));
  await until(() => view(second)?.usable);
  const [never] = await submit(core, ['fake{}'], { model: NAME });
  await until(() => view(second)?.preparing[0]?.error?.code === 'model_gated');
  expect((await core.jobs.task('mine', never?.id ?? ''))?.state).toBe('queued');
});

test('a worker that drains takes nothing new, and the reason says so', async () => {
  const core = await open();
  const pod = await startPod();
  await core.settings.save({ url: pod.url, token: TOKEN, mode: 'optional' });
  await until(() => core.dispatch.status().routing.place?.name === pod.name);
  pod.lifecycle.drain('drain');
  await until(() => core.dispatch.status().routing.place?.name === 'local');
  expect(core.dispatch.status().routing.reason).toMatch(/takes nothing new|ending|ended/);
});
