/** Whole worker processes that pull their work, from servers of both generations, and end their own bill. The engine is scripted by the audio. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { monthlyName } from '../packages/bucket/src/monthly-name.ts';
import { S3Server, s3Keys } from '../packages/bucket/test/s3-server.ts';
import { FakeJobServer } from './fake-job-server.ts';
import { temporaryFolder } from './files-on-disk.ts';
import { POD, podEnvironment } from './pod-worker.ts';
import { formsOf, formsOfRunpod } from './pull/sdk/forms.ts';
import { kept } from './pull/sdk/scenes.ts';
import { LATE_MS, startApi, startWorker } from './test-pods.ts';

/** A pod that has nothing to do ends after so long: longer than it takes to open its door and ask for work on a busy machine. Milliseconds. */
const IDLE_MS = 6_000;

/** The scripted engine reads its text byte by byte; whatever it says, the server hears the same. */
const heard = Buffer.from('Grüße привет').toString('latin1');
const scripted = (script: string) => ({ audio_base64: Buffer.from(`fake{${script}}`).toString('base64') });

/** What RunPod's own workers say, in form. Ours has one slot, and is fit. */
const { 'take several': _batch, unfit: _unfit, ...today } = formsOfRunpod('1.12.0');
/** The first ones told no progress, and pinged without a key. */
const first = formsOfRunpod('0.1.12');
const withKey = (purpose: string) => ({ ...first[purpose], headers: first['take']?.headers });
const early = { ...first, ping: withKey('ping'), 'ping at work': withKey('ping at work'), progress: expect.anything() };
const theirForms = { today, early };

async function startJobs(): Promise<FakeJobServer> {
  const jobs = await FakeJobServer.start();
  onTestFinished(() => jobs.close());
  return jobs;
}

async function startPod(env: Record<string, string>) {
  const runpod = await startApi();
  const worker = await startWorker({ ...podEnvironment(runpod), WORKER_TOKEN: '', ...env });
  return { runpod, worker };
}

describe.each(['today', 'early'] as const)('a pod that pulls its work from a server of %s', (generation) => {
  it('does one good job and one wrong one, pings, and deletes itself when its time is over', async () => {
    const jobs = await startJobs();
    // At work until it was pinged for.
    const gate = path.join(await temporaryFolder(), 'go');
    const good = jobs.add('job/1 é', { ...scripted(`windows=2,wait-for=${gate},text=Grüße_привет`), stream: true });
    const wrong = jobs.add('job-2', { audio: 'ftp://example/a.mp3' });
    const { runpod } = await startPod({ ...jobs[generation], TERMINATE_IDLE_TIME: String(IDLE_MS) });
    const pingedFor = () => jobs.calls.filter(({ kind }) => kind === 'ping').map(({ url }) => url.searchParams.get('job_id'));
    await jobs.until(() => pingedFor().includes('job/1 é'));
    await writeFile(gate, '');
    await jobs.until(() => good.end !== undefined && wrong.end !== undefined);
    expect(good.end).toMatchObject({
      output: { transcription: `${heard} ${heard}`, detected_language: 'en', device: 'cpu', model: 'moonshine-tiny-en' },
    });
    expect(wrong.end).toEqual({ error: expect.stringContaining('audio is not an https:// address.') });
    const endedAt = jobs.calls.filter(({ kind }) => kind === 'done').at(-1)?.at ?? 0;
    await runpod.until(() => runpod.attempts.length > 0);
    const idleMs = (runpod.attempts[0]?.at ?? 0) - endedAt;
    expect(idleMs).toBeGreaterThanOrEqual(IDLE_MS - 50);
    expect(idleMs).toBeLessThan(IDLE_MS + LATE_MS);
    expect(pingedFor()).toContain(null);
    expect([good.taken, wrong.taken, good.late, wrong.late]).toEqual([1, 1, [], []]);
    expect(runpod.attempts[0]).toMatchObject({ method: 'DELETE', url: `/v2/pods/${POD}` });
    expect(formsOf(jobs.calls.map(kept))).toEqual(theirForms[generation]);
  });
});

describe('a worker that pulls', () => {
  it('stops a job when it is told to, and says nothing of it', async () => {
    const jobs = await startJobs();
    const stopped = jobs.add('stopped', scripted('windows=2,hang-after=1'));
    await startPod({ ...jobs.today });
    await jobs.until(() => stopped.progress.length > 0);
    jobs.stop('stopped');
    const next = jobs.add('next', scripted('windows=1'));
    await jobs.until(() => next.end !== undefined);
    expect(stopped.end).toBeUndefined();
  });

  it('streams windows in order before the end, where the job asks for it', async () => {
    const jobs = await startJobs();
    const job = jobs.add('streamed', { ...scripted('windows=3'), stream: true });
    await startPod({ ...jobs.today });
    await jobs.until(() => job.end !== undefined);
    expect(job.parts).toMatchObject([{ index: 0 }, { index: 1 }, { index: 2 }]);
    expect(jobs.calls.find(({ kind }) => kind === 'done')?.url.search).toContain('isStream=');
    expect(
      jobs.calls
        .filter(({ kind }) => kind === 'done')
        .at(-1)
        ?.url.searchParams.get('isStream'),
    ).toBe('true');
  });

  it('reports a job that takes too long, and ends', async () => {
    const jobs = await startJobs();
    const job = jobs.add('hangs', scripted('windows=2,hang-after=1'));
    const { runpod } = await startPod({ ...jobs.today, EXECUTION_TIMEOUT: '1000' });
    await jobs.until(() => job.end !== undefined);
    expect(job.end?.error).toContain('execution_timeout');
    await runpod.until(() => runpod.attempts.length > 0);
  });

  it('keeps a result that is not taken, and its pod with it, until it is, and delivers it once', async () => {
    const jobs = await startJobs();
    const job = jobs.add('kept', scripted('windows=1'));
    const faults = [{ status: 500 }, { status: 429 }, { cut: 'before' as const }];
    jobs.faultFor = ({ kind, body }) => (kind === 'done' && !body.includes('IN_PROGRESS') ? (faults.shift() ?? null) : null);
    await startPod({ ...jobs.today, TERMINATE_IDLE_TIME: String(IDLE_MS) });
    await jobs.until(() => job.end !== undefined);
    expect(faults).toEqual([]);
    expect([job.end?.output !== undefined, job.late]).toEqual([true, []]);
  });

  it('waits for a bucket that is away, and loses nothing', async () => {
    const month = monthlyName(new Date());
    const s3 = await S3Server.start([month]);
    onTestFinished(() => s3.remove());
    await s3.stop();
    const jobs = await startJobs();
    const job = jobs.add('stored', scripted('windows=1,text=In_the_bucket.'));
    const bucket = { BUCKET_ENDPOINT_URL: s3.url, BUCKET_ACCESS_KEY_ID: s3Keys.accessKeyId, BUCKET_SECRET_ACCESS_KEY: s3Keys.secretAccessKey };
    const { worker } = await startPod({ ...jobs.today, ...bucket });
    await worker.said(/^the bucket is away/);
    expect(job.end).toBeUndefined();
    await s3.restart();
    await jobs.until(() => job.end !== undefined);
    const { links = {} } = (job.end?.output ?? {}) as { links?: Record<string, string> };
    expect(new URL(links['txt'] ?? '').pathname).toBe(`/${month}/stored/transcript.txt`);
    expect(await (await fetch(links['txt'] ?? '')).text()).toContain('In the bucket.');
    expect(Object.keys(links)).toEqual(expect.arrayContaining(['json', 'srt', 'vtt']));
    expect(JSON.stringify(worker.lines)).not.toContain(`"${s3Keys.secretAccessKey}"`);
  });
});

describe('a serverless worker', () => {
  /** The machine that runs this test is not RunPod's. */
  const serverless = { RUNPOD_ENDPOINT_ID: 'endpoint1', RUNPOD_SKIP_AUTO_SYSTEM_CHECKS: 'true' };

  it('does its jobs one after another, and stays', async () => {
    const jobs = await startJobs();
    const [first, second] = [jobs.add('first', scripted('windows=1')), jobs.add('second', scripted('windows=1'))];
    const { runpod, worker } = await startPod({ ...jobs.today, ...serverless, TERMINATE_IDLE_TIME: '1' });
    await jobs.until(() => first.end !== undefined && second.end !== undefined);
    expect(jobs.calls.filter(({ kind }) => kind === 'take').every(({ url }) => !url.searchParams.has('batch_size'))).toBe(true);
    expect([worker.isAlive, runpod.calls]).toEqual([true, []]);
  });

  it('that is unfit says so, takes no job, and ends at once', async () => {
    const jobs = await startJobs();
    jobs.add('nobody takes it', scripted('windows=1'));
    const { runpod, worker } = await startPod({
      ...jobs.today,
      ...serverless,
      RUNPOD_SKIP_AUTO_SYSTEM_CHECKS: 'false',
      RUNPOD_MIN_MEMORY_GB: '1000000',
    });
    expect(await worker.ended).toBe(1);
    expect(jobs.calls.map(({ kind, url }) => [kind, url.searchParams.get('status'), url.searchParams.get('check')])).toEqual([
      ['ping', 'unhealthy', 'check_memory'],
    ]);
    expect(runpod.calls).toEqual([]);
  });
});
