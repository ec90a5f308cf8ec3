/** /metrics: who may read it, and that it says what happened. */
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { AppError, type Job, type Recording } from '@bulk-transcribe/protocol';
import { afterEach, expect, it } from 'vitest';
import { projectRoot } from '../../src/config.ts';
import { createMetrics } from '../../src/metrics.ts';
import { Browser, startTestApp, type TestApp, transcriptOf } from './test-app.ts';

const token = 'a-token-of-the-test-0001';
const opened: TestApp[] = [];
async function start(env: Record<string, string> = {}): Promise<TestApp> {
  const app = await startTestApp(env);
  opened.push(app);
  return app;
}
afterEach(async () => {
  for (const app of opened.splice(0)) await app.close();
});

const scrape = async ({ url }: TestApp): Promise<string> => (await fetch(`${url}/metrics`)).text();

function statusAs(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${url}/metrics`, { headers }, (response) => resolve(response.resume().statusCode ?? 0))
      .on('error', reject)
      .end();
  });
}

it('is for programs on this machine, and for others with a token; a password does not open it', async () => {
  const { url } = await start({ API_TOKENS: token, ACCESS_PASSWORD: 'a password' });
  expect((await fetch(`${url}/metrics`)).headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const ann = new Browser(url);
  await ann.post('/api/access', { password: 'a password' }).catch(() => undefined);
  expect(ann.cookie).toContain('access');
  const passedOn = { 'x-forwarded-for': '198.51.100.7' };
  expect(await statusAs(url, passedOn)).toBe(401);
  expect(await statusAs(url, { ...passedOn, cookie: ann.cookie })).toBe(401);
  expect(await statusAs(url, { ...passedOn, authorization: 'Bearer wrong' })).toBe(401);
  expect(await statusAs(url, { ...passedOn, authorization: `Bearer ${token}` })).toBe(200);
});

it('needs a token behind a public address, even from this machine', async () => {
  const { url } = await start({ API_TOKENS: token, CONTROLLER_BASE_URL: 'https://transcribe.example.org' });
  expect(await statusAs(url, {})).toBe(401);
  expect(await statusAs(url, { authorization: `Bearer ${token}` })).toBe(200);
});

it('counts tasks by state and those that wait, and knows the free disk', async () => {
  const app = await start();
  const ann = new Browser(app.url);
  const ids = [(await ann.upload<Recording>('a.wav', 'bytes')).body.id, (await ann.upload<Recording>('b.wav', 'bytes')).body.id];
  const job = (await ann.post<Job>('/api/jobs', { recordingIds: ids })).body;
  app.jobs.succeed(job.tasks[0]?.id ?? '', transcriptOf('Done.'));
  const text = await scrape(app);
  expect(text).toContain('\nbulk_transcribe_tasks{state="queued"} 1\n');
  expect(text).toContain('\nbulk_transcribe_tasks{state="succeeded"} 1\n');
  expect(text).toContain('\nbulk_transcribe_tasks{state="running"} 0\n');
  expect(text).toContain('\nbulk_transcribe_queue_length 1\n');
  expect(Number(/\nbulk_transcribe_disk_free_bytes (\S+)\n/.exec(text)?.[1])).toBeGreaterThan(0);
  expect(text).toMatch(/\nprocess_resident_memory_bytes \d+\n/);
});

it('counts answers by route, never by the address asked for, and so the errors', async () => {
  const app = await start();
  const ann = new Browser(app.url);
  await ann.fetch('/api/jobs/01930000-0000-7000-8000-000000000001');
  await ann.fetch('/api/jobs/01930000-0000-7000-8000-000000000002');
  await ann.fetch('/api/secret-address');
  await expect.poll(() => scrape(app)).toContain('\nbulk_transcribe_http_responses_total{method="GET",route="/api/jobs/:id",status="404"} 2\n');
  const text = await scrape(app);
  expect(text).not.toContain('secret-address');
  expect(text).not.toContain('01930000');
});

it('tells how long stages took and why attempts failed', async () => {
  const metrics = createMetrics({
    taskCounts: async () => ({ queued: 0, dispatched: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 }),
    dataRoot: '.',
  });
  const { provenance, ...rest } = transcriptOf('Done.');
  metrics.succeeded({
    ...rest,
    provenance: {
      ...provenance,
      steps: [
        { step: 'decode', wallMs: 400 },
        { step: 'recognise', wallMs: 2000 },
      ],
    },
  });
  metrics.failed(new AppError('engine_crashed', 'It crashed.'));
  metrics.failed(new AppError('engine_crashed', 'It crashed.'));
  const { body } = await metrics.text();
  expect(body).toContain('bulk_transcribe_stage_seconds_sum{stage="decode"} 0.4\n');
  expect(body).toContain('bulk_transcribe_stage_seconds_bucket{le="1",stage="recognise"} 0\n');
  expect(body).toContain('bulk_transcribe_stage_seconds_bucket{le="5",stage="recognise"} 1\n');
  expect(body).toContain('bulk_transcribe_audio_seconds_total 11\n');
  expect(body).toContain('bulk_transcribe_attempts_failed_total{code="engine_crashed"} 2\n');
});

it('has every figure of ours in docs/metrics.md, and no other is there', async () => {
  const names = (text: string, pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map(([, name]) => name))].sort();
  const served = names(await scrape(await start()), /^# TYPE (bulk_transcribe_\w+)/gm);
  const documented = names(readFileSync(path.join(projectRoot, 'docs/metrics.md'), 'utf8'), /^\| `(bulk_transcribe_\w+)`/gm);
  expect(documented).toEqual(served);
});
