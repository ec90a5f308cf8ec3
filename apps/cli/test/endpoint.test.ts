/** The command `endpoint` as a whole process, against a fake endpoint. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sampleRecording } from '@bulk-transcribe/sample';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeEndpoint } from '../../../e2e/fake-endpoint.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const ID = '4m7x2k9q';
const KEY = 'rpa_KEY_OF_THE_ACCOUNT';

let endpoint: FakeEndpoint;
beforeAll(async () => {
  endpoint = await FakeEndpoint.start({ id: ID, key: KEY });
});
afterAll(() => endpoint.close());
beforeEach(() => {
  endpoint.jobs.clear();
  endpoint.calls.length = 0;
});

function start(args: readonly string[], key = KEY) {
  const env = { PATH: process.env['PATH'], ENV_FILE: 'none', RUNPOD_ENDPOINT_BASE_URL: endpoint.url, RUNPOD_API_KEY: key };
  const child = spawn(process.execPath, ['--conditions=bulk-transcribe-source', '--no-warnings', main, 'endpoint', ...args], { env });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => (said.stdout += data));
  child.stderr.on('data', (data) => (said.stderr += data));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...said }));
  return { child, ended };
}

const run = async (...args: string[]) => await start(args).ended;

describe('endpoint', () => {
  it('has a recording of this computer transcribed, and prints the output; an outage in between is waited out', async () => {
    endpoint.work = (job) => Object.assign(job, { status: 'COMPLETED', output: { transcription: 'Ask not.' } });
    const { child, ended } = start(['run', ID, sampleRecording.path, '--input', '{"language":"en"}']);
    await once(child.stderr, 'data');
    endpoint.script({ status: 502 });
    const { code, stdout, stderr } = await ended;
    expect([code, JSON.parse(stdout)]).toEqual([0, { transcription: 'Ask not.' }]);
    const [job] = endpoint.jobs.values();
    expect(stderr).toBe(`${job?.id}: IN_QUEUE\n`);
    expect(job?.request.input).toEqual({ audio_base64: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/), language: 'en' });
    expect(endpoint.calls.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET']);
  });

  it('says why a job failed', async () => {
    endpoint.work = (job) => Object.assign(job, { status: 'FAILED', error: 'audio is not an https:// address.' });
    const { code, stdout, stderr } = await run('run', ID, 'https://example.org/talk.mp3');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/audio is not an https:\/\/ address\.\n$/);
  });

  it('cancels the job there when it is stopped here', async () => {
    endpoint.work = (job) => Object.assign(job, { status: 'IN_PROGRESS' });
    const { child, ended } = start(['run', ID, 'https://example.org/talk.mp3']);
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, stderr: expect.stringContaining('is cancelled.') });
    expect([...endpoint.jobs.values()].map(({ status }) => status)).toEqual(['CANCELLED']);
  });

  it('shows the queue and empties it', async () => {
    endpoint.jobs.set('waits', { id: 'waits', request: { input: {} }, status: 'IN_QUEUE', parts: [] });
    expect(await run('health', ID)).toEqual({
      code: 0,
      stdout: 'Jobs: 1 wait, 0 run, 0 done, 0 failed, 0 tried again.\nWorkers: 1 idle, 0 initializing, 0 running, 0 throttled.\n',
      stderr: '',
    });
    expect(await run('purge', ID)).toEqual({ code: 0, stdout: '1 removed.\n', stderr: '' });
  });

  it('says what to do about a key or an endpoint that is wrong, and never shows the key', async () => {
    const wrong = await start(['health', ID], 'rpa_ANOTHER_KEY').ended;
    expect(wrong).toEqual({
      code: 1,
      stdout: '',
      stderr: 'RunPod: Unauthorized: The key is not valid. The key in RUNPOD_API_KEY may not use this endpoint.\n',
    });
    const none = await start(['health', ID], '').ended;
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('RUNPOD_API_KEY is not set')]);
    expect(await run('health', '../v2')).toMatchObject({ code: 2, stderr: '"../v2" is not the id of an endpoint.\n' });
  });
});
