/** A remote worker lacks the model of a task: it is asked for it, told of meanwhile, and passed by only if it cannot. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError, defaultOptions, type ModelInfo } from '@bulk-transcribe/protocol';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createFakeEngine, fakeEngineInfo } from '../../../worker/test/fake-engine.ts';
import { runWorker } from '../../../worker/test/run-worker.ts';
import { TOKEN } from '../../../worker/test/worker-client.ts';
import { quiet, temporaryDataRoot } from '../database/template.ts';
import { noRemote } from '../remote/no-remote.ts';
import { final, openCore, submit, untilTask } from './controller-core.ts';

/** One of the registry. */
const NAME = 'large-v3-turbo';
const info: ModelInfo = { ...(fakeEngineInfo.models[0] as ModelInfo), id: NAME, default: false };
const base: ModelInfo = { ...info, id: 'base' };

/** A pod that lacks `wanted`: its hub has given 43 % of it, and gives the rest once `arrive` is called. */
async function startPod(wanted: ModelInfo = info) {
  const more: ModelInfo[] = [];
  const arrival = Promise.withResolvers<void>();
  // Nobody may have asked yet when it fails.
  arrival.promise.catch(() => undefined);
  const [own] = wanted === info ? fakeEngineInfo.models : [base];
  const { client, engine, lifecycle } = await runWorker({
    model: own?.id ?? '',
    engine: createFakeEngine({ own: own ? [own] : [], more }),
    fetchModel: async (name, { onProgress }) => {
      if (name !== wanted.id || more.length > 0) return;
      onProgress({ doneBytes: 430, totalBytes: 1000 });
      await arrival.promise;
      more.push(wanted);
    },
  });
  return { url: client.url, name: new URL(client.url).host, engine, lifecycle, arrive: arrival.resolve, fail: arrival.reject };
}

async function open() {
  const dataRoot = await temporaryDataRoot();
  const remote = await noRemote(dataRoot);
  const core = await openCore({ dataRoot, log: quiet, remote });
  onTestFinished(() => core.close());
  return { ...core, dataRoot, settings: remote.settings };
}

const until = (seen: () => unknown) => vi.waitFor(() => expect(seen()).toBeTruthy(), { timeout: 90_000, interval: 20 });

test('the worker prepares the model, tasks of it wait and say so, others pass; one that cannot get it is passed by', async () => {
  const core = await open();
  const [first, second] = [await startPod(), await startPod()];
  const view = ({ name }: { name: string }) => core.dispatch.views().find((worker) => worker.name === name);
  const routing = () => core.dispatch.status().routing;
  const canBeFetched = () => core.dispatch.status().fetchable.some(({ id }) => id === NAME);
  expect(canBeFetched()).toBe(false);
  await core.settings.save({ url: first.url, token: TOKEN, mode: 'optional' });
  await until(() => view(first)?.usable && view({ name: 'local' })?.usable);

  expect(canBeFetched()).toBe(true);
  const [task] = await submit(core, ['fake{}'], { model: NAME });
  await until(() => view(first)?.preparing[0]?.doneBytes === 430);
  expect(view(first)?.preparing).toEqual([{ name: NAME, state: 'fetching', doneBytes: 430, totalBytes: 1000, error: null }]);
  expect(first.lifecycle.report.keptAliveBy).toContain('model');
  expect(routing().notices).toEqual([{ kind: 'preparing', text: `The worker ${first.name} prepares the model ${NAME}, 43 %.` }]);
  await until(() => routing().waits.some(({ model, compute, reason }) => model === NAME && compute === 'auto' && reason.endsWith('43 %.')));
  const [other] = await submit(core, ['fake{}']);
  expect((await final(core.jobs, other)).worker?.name).toBe(first.name);
  expect((await core.jobs.task('mine', task?.id ?? ''))?.state).toBe('queued');

  first.arrive();
  expect(await final(core.jobs, task)).toMatchObject({ state: 'succeeded', attempt: 1, worker: { name: first.name } });
  expect([first.engine.loaded.includes(NAME), view(first)?.preparing, routing().notices]).toEqual([true, [], []]);
  expect(canBeFetched()).toBe(false);
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
  // None can: nobody may ask for it any more, and what waits says why.
  expect(canBeFetched()).toBe(false);
  expect(routing().waits.find(({ model, compute }) => model === NAME && compute === 'auto')?.reason).toContain('only with a token');
  await core.settings.save({ mode: 'off' });
  await until(() => routing().waits.some(({ model, reason }) => model === NAME && reason === `This computer does not have the model ${NAME}.`));
});

test('while a pod prepares the model this computer, which has it, is not idle; the pod is asked all the same and has the next one', async () => {
  const core = await open();
  const pod = await startPod(fakeEngineInfo.models[0]);
  const view = (name: string) => core.dispatch.views().find((worker) => worker.name === name);
  await core.settings.save({ url: pod.url, token: TOKEN, mode: 'optional' });
  await until(() => view(pod.name)?.usable && view('local')?.usable);
  const gate = path.join(core.dataRoot, 'gate');
  const [first] = await submit(core, [`fake{wait-for=${gate}}`]);
  const here = await untilTask(core.jobs, first?.id ?? '', ({ state }) => state === 'running');
  expect(here.worker).toMatchObject({ name: 'local', why: expect.stringContaining(`The worker ${pod.name} is asked to prepare`) });
  // Nothing waits, and yet it is being prepared.
  await until(() => view(pod.name)?.preparing[0]?.doneBytes === 430);
  pod.arrive();
  await until(() => core.dispatch.status().routing.place?.name === pod.name);
  expect((await final(core.jobs, (await submit(core, ['fake{}']))[0])).worker?.name).toBe(pod.name);
  await writeFile(gate, '');
  expect(await final(core.jobs, first)).toMatchObject({ state: 'succeeded', attempt: 1, worker: { name: 'local' } });
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
