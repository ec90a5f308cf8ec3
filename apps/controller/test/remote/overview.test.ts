/** GET /api/admin/overview and what can be done from there, over real workers and the real store. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type AdminOverview, type ErrorBody, errorTable, MAX_HOLD_MS, type Ping, type Task } from '@bulk-transcribe/protocol';
import { readSettings } from '@bulk-transcribe/service';
import { expect, onTestFinished, test, vi } from 'vitest';
import { spawnWorker, temporaryFolder } from '../../../worker/test/run-worker.ts';
import { TOKEN } from '../../../worker/test/worker-client.ts';
import { buildApp } from '../../src/app.ts';
import { settingsTable } from '../../src/config.ts';
import { createMetrics } from '../../src/metrics.ts';
import { openModels } from '../../src/models/open-models.ts';
import { openRecordingFiles } from '../../src/recordings/recording-files.ts';
import { openRemote } from '../../src/remote/open-remote.ts';
import { Uploads } from '../../src/uploads/uploads.ts';
import { quiet, temporaryDataRoot } from '../database/template.ts';
import { final, openCore, submit, untilTask } from '../dispatch/controller-core.ts';
import { ADMIN_TOKEN, askAdmin } from './admin-client.ts';
import { listen, marked, pingOf } from './foreign-server.ts';

async function open(uploading = async (): Promise<boolean> => false) {
  const dataRoot = await temporaryDataRoot();
  const config = readSettings(settingsTable, { DATA_ROOT: dataRoot, ADMIN_TOKEN }, dataRoot);
  const remote = await openRemote({ config, log: quiet });
  const core = await openCore({ dataRoot, log: quiet, remote, uploading, patience: { holdEveryMs: 50 } });
  onTestFinished(() => core.close());
  const { jobs, dispatch: workers } = core;
  const files = await openRecordingFiles({ dataRoot, maxBytes: config.MAX_UPLOAD_BYTES });
  const uploads = await Uploads.open({ dataRoot, jobs, files, quotaBytes: 0, expiryMs: config.UPLOAD_EXPIRY_MS, log: quiet });
  const metrics = createMetrics({ taskCounts: () => jobs.taskCounts(), dataRoot });
  const models = openModels({ config, log: quiet });
  const identity = { version: '0', gitCommit: 'unknown', buildTime: 'unknown' };
  const app = await buildApp({ config, identity, jobs, workers, files, uploads, metrics, models, remote, log: quiet });
  onTestFinished(async () => {
    await app.close();
    uploads.close();
    await models.close();
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { ...core, dataRoot, url, settings: remote.settings };
}
type Opened = Awaited<ReturnType<typeof open>>;

const overview = async (app: Opened) => (await askAdmin<AdminOverview>(app, '/overview')).body;
const until = (app: Opened, seen: (now: AdminOverview) => boolean) =>
  vi.waitFor(
    async () => {
      const now = await overview(app);
      if (!seen(now)) throw new Error(JSON.stringify(now.workers));
      return now;
    },
    { timeout: 90_000, interval: 50 },
  );

test('workers and queue are seen as they are, and tasks of any session can be cancelled and started again', async () => {
  const app = await open();
  const { child, client } = await spawnWorker(await temporaryFolder());
  await app.settings.save({ url: client.url, token: TOKEN, mode: 'required' });
  const name = new URL(client.url).host;
  const { workers } = await until(app, (now) => now.workers.length === 2 && now.workers.every(({ usable }) => usable));
  expect(workers).toMatchObject([
    { name: 'local', remote: false, url: '', message: '', device: 'cpu', slots: { total: 1, free: 1 }, running: [], leaving: false },
    { name, remote: true, url: client.url, message: '', state: 'idle', answeredAt: expect.any(String), keptUntil: null },
  ]);
  const gate = path.join(app.dataRoot, 'gate');
  const tasks = await submit(app, [`fake{windows=2,wait-for=${gate}}`, 'fake{fail=media_no_audio}', 'fake{}']);
  await untilTask(app.jobs, tasks[0]?.id ?? '', ({ preview }) => preview.length > 0);
  const busy = await overview(app);
  expect(busy.counts).toEqual({ waiting: 2, running: 1, failed: 0 });
  expect(busy.tasks.map(({ id }) => id)).toEqual(tasks.map(({ id }) => id));
  expect(busy.workers[1]).toMatchObject({ running: [tasks[0]?.id], slots: { free: 0 } });

  const cancelled = await askAdmin<Task>(app, `/tasks/${tasks[2]?.id}/cancel`, {});
  expect([cancelled.status, cancelled.body.state]).toEqual([200, 'cancelled']);
  await writeFile(gate, '');
  expect(await final(app.jobs, tasks[1])).toMatchObject({ state: 'failed' });
  const after = await until(app, ({ counts }) => counts.running === 0);
  // What failed, and where, whatever becomes of it.
  const [error] = after.errors;
  expect([after.errors.length, error]).toMatchObject([1, { worker: name, recording: 'interview.mp3', error: { code: 'media_no_audio' } }]);
  expect(error?.error.hint).toBe(errorTable.media_no_audio.hint);
  expect(after.workers[1]?.lastHour).toEqual({ recordings: 1, durationSec: 10 });
  expect(after.tasks.map(({ id, error }) => [id, error?.code])).toEqual([[tasks[1]?.id, 'media_no_audio']]);
  expect((await askAdmin<Task>(app, `/tasks/${tasks[2]?.id}/retry`, {})).body.state).toBe('queued');
  expect(await final(app.jobs, tasks[2])).toMatchObject({ state: 'succeeded' });
  expect((await askAdmin<ErrorBody>(app, `/tasks/${tasks[2]?.id}/retry`, {})).status).toBe(409);
  expect((await askAdmin<ErrorBody>(app, '/tasks/019aa9a0-0000-7000-8000-000000000000/cancel', {})).status).toBe(404);
  expect((await askAdmin<ErrorBody>(app, '/workers/local/drain', {})).status).toBe(404);
  child.kill('SIGKILL');
  // The ping that waited breaks off with the process; the one after it finds that nothing listens.
  const gone = await until(app, ({ workers }) => workers[1]?.message.includes('Nothing listens at') === true);
  expect(gone.workers[1]?.usable).toBe(false);
  expect(gone.routing).toMatchObject({ mode: 'required', place: null, reason: gone.workers[1]?.message });
});

/** A pod as far as pings and holds go: a task that is sent to it is never answered. */
async function startHeldPod(models: Ping['models']) {
  const holds: unknown[] = [];
  const ping = pingOf({ models, slots: { total: 1, free: 1 } });
  const pod = await listen((request, response) => {
    if (request.url === '/v1/tasks') return;
    if (request.url === '/v1/hold') request.on('data', (bytes) => holds.push(JSON.parse(String(bytes))));
    response.writeHead(200, marked).end(JSON.stringify(request.url === '/v1/hold' ? { lifecycle: ping.lifecycle } : ping));
  });
  const more = (): Promise<void> => {
    const before = holds.length;
    return vi.waitFor(() => expect(holds.length).toBeGreaterThan(before + 1), { timeout: 90_000 });
  };
  return { holds, more, url: pod.url, name: new URL(pod.url).host };
}

test('a remote worker is kept for as long as somebody asks, and not a moment without', async () => {
  const app = await open();
  const pod = await startHeldPod([]);
  await app.settings.save({ url: pod.url, token: TOKEN, mode: 'optional' });
  const { workers } = await until(app, (now) => now.workers[1]?.usable === true);
  expect(workers[1]).toMatchObject({ gpuName: 'NVIDIA A100', idleLeftMs: 42_000, willEndBecause: 'idle' });
  const keep = (minutes: number) => askAdmin<null>(app, `/workers/${pod.name}/keep`, { minutes });
  expect((await askAdmin<ErrorBody>(app, `/workers/${pod.name}/keep`, { minutes: -1 })).status).toBe(400);
  expect(pod.holds).toEqual([]);
  expect((await keep(15)).status).toBe(204);
  expect(pod.holds[0]).toEqual({ ms: MAX_HOLD_MS });
  await pod.more();
  expect((await overview(app)).workers[1]?.keptUntil).toEqual(expect.any(String));
  expect((await keep(0)).status).toBe(204);
  expect((await overview(app)).workers[1]?.keptUntil).toBeNull();
});

test('a remote worker is kept while tasks wait that it would take, and while bytes come in', async () => {
  let receiving = false;
  const app = await open(async () => receiving);
  const { models } = await until(app, (now) => now.workers[0]?.usable === true).then(() => app.dispatch.status());
  const pod = await startHeldPod([...models]);
  await app.settings.save({ url: pod.url, token: TOKEN, mode: 'required' });
  await until(app, (now) => now.workers[1]?.usable === true);
  expect(pod.holds).toEqual([]);
  receiving = true;
  await pod.more();
  receiving = false;
  // The first takes the slot, the second waits for it.
  const tasks = await submit(app, ['fake{}', 'fake{}']);
  await until(app, ({ counts }) => counts.running === 1 && counts.waiting === 1);
  await pod.more();
  for (const { id } of tasks) await app.jobs.cancelTask('mine', id);
});
