/**
 * Pictures of the page /admin in states that need a GPU, a pod in trouble or an hour's work: the real page, with answers that are said in
 * the place of the controller's.
 */
import {
  type AdminOverview,
  AppError,
  type FurtherWorkers,
  type RemoteWorkerConfig,
  type RemoteWorkerTest,
  remoteProblem,
  type SystemInfo,
  type Task,
  toErrorBody,
  toTaskError,
  type WorkerView,
} from '@bulk-transcribe/protocol';
import type { Page } from 'playwright-core';
import { sampleBytes } from './media.ts';
import { picture } from './picture.ts';
import { chooseFiles } from './visitor.ts';

const POD = 'https://5kq2m8x7n1abcd-8477.proxy.runpod.net';
const NOW = '2026-03-04T15:07:00.000Z';
const MINUTE_MS = 60_000;

const config: RemoteWorkerConfig = {
  ...{ url: POD, mode: 'optional', tokenSet: true, updatedAt: NOW, configSource: 'saved', warnings: [] },
  sources: { url: 'saved', token: 'saved', mode: 'saved' },
};
const fromEnvironment: RemoteWorkerConfig = {
  ...config,
  configSource: 'env',
  sources: { url: 'env', token: 'saved', mode: 'env' },
  saved: { url: 'https://another-machine-with-a-long-name.in-the-cellar.example:8477/behind/a/path', mode: 'off', tokenSet: true },
  warnings: [
    'The token was set for https://another-machine-with-a-long-name.in-the-cellar.example:8477 and is not sent to ' +
      `${POD}. Enter the token of this worker.`,
    'The saved configuration could not be read. It lies aside as config/remote_worker.json.broken-2026-03-04T15-07-00-000Z; save again to have one.',
  ],
};

const pod: WorkerView = {
  ...{ name: '5kq2m8x7n1abcd', remote: true, url: POD, usable: true, message: '', state: 'busy', device: 'cuda' },
  ...{ gpuName: 'NVIDIA RTX PRO 6000 Blackwell Server Edition', version: '0.1.0', slots: { total: 2, free: 0 } },
  ...{ running: ['01930000-0000-7000-8000-000000000001', '01930000-0000-7000-8000-000000000002'], timesRealTime: 41.2 },
  ...{ lastHour: { recordings: 31, durationSec: 98_765 }, answeredAt: NOW, keptAliveBy: ['task', 'hold'], idleLeftMs: null },
  ...{ endsAt: null, willEndBecause: null, keptUntil: NOW, preparing: [], alarm: '', leaving: false },
};
const idle: Partial<WorkerView> = { state: 'idle', running: [], slots: { total: 1, free: 1 }, keptAliveBy: [], keptUntil: null };
const byHand = 'Terminate it by hand, in the console of its provider: until then it costs.';
const away: Partial<WorkerView> = { ...idle, usable: false, state: null, device: null, gpuName: null, version: null, slots: { total: 0, free: 0 } };
const preparation = { name: 'large-v3-turbo', state: 'fetching', doneBytes: 696e6, totalBytes: 1.62e9, error: null } as const;
const workers: WorkerView[] = [
  {
    ...{ ...pod, ...idle, name: 'local', remote: false, url: '', device: 'cpu', gpuName: null, timesRealTime: 3.4 },
    lastHour: { recordings: 1, durationSec: 754 },
  },
  pod,
  { ...pod, ...idle, name: 'pod-b', gpuName: 'NVIDIA A100', idleLeftMs: 42_000, willEndBecause: 'idle', endsAt: NOW },
  { ...pod, ...idle, name: 'pod-prepares', keptAliveBy: ['model'], preparing: [preparation, { ...preparation, name: 'small', state: 'loading' }] },
  {
    ...{ ...pod, ...idle, name: 'pod-refused' },
    preparing: [{ ...preparation, state: 'failed', error: toTaskError(new AppError('model_gated', 'The hub gives it only with a token.')) }],
  },
  {
    ...{ ...pod, ...idle, name: 'pod-over', usable: false, state: 'terminating', idleLeftMs: null, keptAliveBy: [] },
    ...{ message: 'The worker is ending.', alarm: `The pod pod-over should be gone since 14 minutes and still answers. ${byHand}` },
  },
  {
    ...{ ...pod, ...idle, name: 'pod-stuck', usable: false, state: 'terminated', message: 'The worker has ended.' },
    alarm: `The pod pod-stuck cannot delete itself (REST v2: 403 Forbidden). ${byHand}`,
  },
  {
    ...{ ...pod, ...idle, name: 'pod-unarmed' },
    alarm: 'The worker pod-unarmed cannot end its own bill: RUNPOD_API_KEY is not set. End it by hand when you are done.',
  },
  {
    ...{ ...pod, ...idle, name: 'pod-on-the-cpu', usable: false, device: 'cpu' },
    message: 'The worker has a GPU (NVIDIA A40) but computes on the CPU, and gets no work: see the log of the pod.',
  },
  {
    ...{ ...pod, ...away, name: 'a-machine-in-the-cellar-with-a-name-that-is-as-long-as-a-name-may-be-and-then-some-more.example:8477' },
    ...{ answeredAt: null, message: 'Nothing listens at it. Start the worker, and check the port in the address (8477 unless PORT says otherwise).' },
  },
  { ...pod, name: 'pod-leaving', leaving: true, running: [] },
];

const task = (n: number, name: string, more: Partial<Task> = {}): Task => ({
  ...{ id: `01930000-0000-7000-8000-${String(n).padStart(12, '0')}`, jobId: '01930000-0000-7000-8000-000000000900', state: 'queued', stage: null },
  recording: { id: '01930000-0000-7000-8000-000000000901', name, size: 1, sha256: '0'.repeat(64), createdAt: NOW },
  ...{ progress: { doneSec: 0, totalSec: null }, attempt: 1, worker: null, error: null, warnings: 0, preview: [] },
  ...{ createdAt: NOW, startedAt: null, finishedAt: null, ...more },
});
const worker = { name: pod.name, device: 'cuda', remote: true, gpuName: pod.gpuName };
const failed = toTaskError(new AppError('media_no_audio', 'There is no audio track in this file.'));
const tasks: Task[] = [
  task(1, '2026-03-02 Anna, second conversation.m4a', {
    ...{ state: 'running', stage: 'recognise', worker, progress: { doneSec: 1082, totalSec: 3520 } },
  }),
  task(2, `A very long name with date, place and_the_names_of_everybody_${'without_any_blank_'.repeat(6)}final.mp3`, { state: 'dispatched', worker }),
  task(3, 'ראיון עם דוד.mp3'),
  task(4, 'hearing.mp3', { attempt: 2, error: toTaskError(new AppError('engine_crashed', 'The speech engine ended.')) }),
  ...Array.from({ length: 12 }, (_, i) => task(10 + i, `interview ${i + 1}.mp3`)),
  task(30, 'phone.amr', { state: 'failed', error: failed, worker }),
  task(31, 'مقابلة مع السيدة فاطمة (الجزء الأول).mp3', { state: 'failed', error: failed }),
];

const overview: AdminOverview = {
  routing: {
    ...{ mode: 'optional', choices: ['auto', 'gpu', 'cpu'], place: worker, timesRealTime: 41.2, reason: '', waits: [] },
    notices: [{ kind: 'alarm', text: workers[5]?.alarm ?? '' }],
  },
  ...{ workers, tasks, counts: { waiting: 214, running: 2, failed: 2 } },
  errors: tasks.flatMap(({ recording: { name }, error }) => (error ? [{ at: NOW, worker: pod.name, recording: name, error }] : [])),
};

const further: FurtherWorkers = {
  workers: [
    { name: 'pod-b', url: POD, tokenSet: true, source: 'env', updatedAt: null, warning: '' },
    {
      ...{ name: 'a-machine-in-the-cellar', url: 'https://a-machine-with-a-long-name.in-the-cellar.example:8477/behind/a/path', tokenSet: true },
      ...{ source: 'saved', updatedAt: NOW, warning: 'Its token was set for https://other.example and is not sent to another address.' },
    },
    { name: 'pod-c', url: POD, tokenSet: false, source: 'saved', updatedAt: NOW, warning: 'It has no token: enter it.' },
  ],
  warnings: ['The saved workers could not be read. The file was kept aside as config/remote_workers.json.broken-2026-03-04T15-07-00-000Z.'],
};

const found: RemoteWorkerTest = {
  ...{ ok: true, latencyMs: 84, identity: { gitCommit: 'c0ffee1234567', buildTime: '2026-03-01T09:00:00Z' }, gpu: true, gpuName: pod.gpuName },
  ...{ diarization: true, version: '0.1.0', protocol: '1', provider: 'cuda', threads: 16, timesRealTime: 41.2, state: 'idle' },
  ...{ models: ['moonshine-tiny-en', 'large-v3-turbo', 'distil-large-v3.5'], slots: { total: 2, free: 2 }, idleLeftMs: 14.5 * MINUTE_MS },
  warnings: ['Only 900 MB are free where recordings lie: long ones will not fit.', 'It has no key to delete itself with: end it by hand.'],
};
const problems = {
  starting: remoteProblem(
    'pod_starting',
    'RunPod answers, but has no way to the pod yet (status 404): it is starting, or port 8477/http is not exposed.',
  ),
  port: remoteProblem('port_not_exposed', 'RunPod has had no way to port 8477 of the pod for more than five minutes (status 404).'),
  cpu: remoteProblem('gpu_not_used', 'There is a GPU (NVIDIA RTX PRO 6000 Blackwell Server Edition), but the worker computes on the CPU.'),
} as const;

/** The page is open, with its token. */
export async function adminStates(page: Page): Promise<void> {
  const say = (path: string, body: unknown, status = 200) =>
    page.route(`**/api/admin${path}`, (route) => route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(body) }));
  await say('/remote-worker', config);
  await say('/remote-workers', further);
  await say('/overview', overview);
  await page.goto('/admin');
  await page.getByRole('listitem', { name: 'pod-stuck' }).waitFor();
  await picture(page, 'admin-many');
  await page.getByRole('button', { name: 'Change a-machine-in-the-cellar' }).click();
  await picture(page, 'admin-change');

  // While a test runs, and what may come of it.
  const answer = Promise.withResolvers<void>();
  await page.route('**/api/admin/remote-worker/test', async (route) => {
    await answer.promise;
    await route.fulfill({ json: found });
  });
  await say('/remote-workers', { workers: [], warnings: [] });
  await say('/overview', { ...overview, workers: workers.slice(0, 2), tasks: [], errors: [], counts: { waiting: 0, running: 0, failed: 0 } });
  await page.reload();
  await page.getByRole('button', { name: 'Test connection' }).click();
  await page.getByText('Testing…').waitFor();
  await picture(page, 'admin-testing');
  answer.resolve();
  await page.getByText('The worker answers').waitFor();
  await picture(page, 'admin-found');
  for (const [name, error] of Object.entries(problems)) {
    await say('/remote-worker/test', { ok: false, latencyMs: 80, error });
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByText(error.message).waitFor();
    await picture(page, `admin-problem-${name}`);
  }
  await say('/remote-worker', fromEnvironment);
  await page.reload();
  await page.getByText('The environment comes before').waitFor();
  await picture(page, 'admin-environment');
  await say('/remote-worker', toErrorBody(new AppError('too_many_requests', 'Too many wrong admin tokens from this address.')), 429);
  await page.reload();
  await page.getByText('Too many wrong admin tokens').waitFor();
  await picture(page, 'admin-limited');
  await say('/remote-worker', toErrorBody(new AppError('admin_not_configured', 'Admin endpoint not configured')), 503);
  await page.reload();
  await page.getByText('Admin endpoint not configured').waitFor();
  await picture(page, 'admin-off');
  await page.unrouteAll({ behavior: 'wait' });
  await fetchableModels(page);
}

/** What can be chosen while a pod is set up: models that it has to fetch first. */
async function fetchableModels(page: Page): Promise<void> {
  await page.route('**/api/system', async (route) => {
    const answer = await route.fetch();
    const system = (await answer.json()) as SystemInfo;
    const [model] = system.models;
    const toFetch = (id: string, maxBytes: number) => ({ ...model, id, name: `Whisper (${id})`, languages: ['de', 'en'], default: false, maxBytes });
    const fetchable = [toFetch('small', 976e6), toFetch('large-v3-turbo', 3.24e9), toFetch('distil-large-v3.5', 3.02e9)];
    await route.fulfill({ response: answer, json: { ...system, fetchable, routing: overview.routing } });
  });
  await page.goto('/');
  await chooseFiles(page, [{ name: 'interview.mp3', bytes: sampleBytes() }]);
  await page.getByRole('button', { name: 'Transcribe 1 file' }).waitFor();
  await page.getByRole('button', { name: 'Model:' }).click();
  await picture(page, 'jobs-fetchable', { fullPage: false });
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Remove interview.mp3' }).click();
  await page.unrouteAll({ behavior: 'wait' });
  await page.goto('/');
}
