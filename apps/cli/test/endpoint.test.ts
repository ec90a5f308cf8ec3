/** The command `endpoint` against a fake endpoint. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sampleRecording } from '@bulk-transcribe/sample';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeEndpoint } from '../../../e2e/fake-endpoint.ts';
import { buildProgram } from '../src/program.ts';

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

const environment = (key = KEY) => ({ ENV_FILE: 'none', RUNPOD_ENDPOINT_BASE_URL: endpoint.url, RUNPOD_API_KEY: key });

/** Runs the command in this process. */
async function run(args: readonly string[], key?: string) {
  const said = { stdout: '', stderr: '' };
  const write = (text: string, done?: () => void): boolean => {
    said.stdout += text;
    done?.();
    return true;
  };
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(write as typeof process.stdout.write);
  const err = vi.spyOn(console, 'error').mockImplementation((text: string) => {
    said.stderr += `${text}\n`;
  });
  for (const [name, value] of Object.entries(environment(key))) vi.stubEnv(name, value);
  try {
    await buildProgram().parseAsync(['endpoint', ...args], { from: 'user' });
    return { code: process.exitCode, ...said };
  } finally {
    process.exitCode = undefined;
    vi.unstubAllEnvs();
    out.mockRestore();
    err.mockRestore();
  }
}

describe('endpoint', () => {
  it('has a recording of this computer transcribed, and prints the output; an outage in between is waited out', async () => {
    endpoint.work = (job) => Object.assign(job, { status: 'COMPLETED', output: { transcription: 'Ask not.' } });
    endpoint.script(null, { status: 502 });
    const { code, stdout, stderr } = await run(['run', ID, sampleRecording.path, '--input', '{"language":"en"}']);
    expect([code, JSON.parse(stdout)]).toEqual([0, { transcription: 'Ask not.' }]);
    const [job] = endpoint.jobs.values();
    expect(stderr).toBe(`${job?.id}: IN_QUEUE\n`);
    expect(job?.request.input).toEqual({ audio_base64: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/), language: 'en' });
    expect(endpoint.calls.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET']);
  });

  it('says why a job failed', async () => {
    endpoint.work = (job) => Object.assign(job, { status: 'FAILED', error: 'audio is not an https:// address.' });
    const { code, stdout, stderr } = await run(['run', ID, 'https://example.org/talk.mp3']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/audio is not an https:\/\/ address\.\n$/);
  });

  it('cancels the job there when it is stopped here', async () => {
    endpoint.work = (job) => Object.assign(job, { status: 'IN_PROGRESS' });
    const env = { PATH: process.env['PATH'], ...environment() };
    const args = ['--conditions=bulk-transcribe-source', '--no-warnings', main, 'endpoint', 'run', ID, 'https://example.org/talk.mp3'];
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const [state] = (await once(child.stderr, 'data')) as [Buffer];
    expect(state.toString()).toMatch(/: IN_QUEUE\n/);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect([...endpoint.jobs.values()].map(({ status }) => status)).toEqual(['CANCELLED']);
  });

  it('shows the queue and empties it', async () => {
    endpoint.jobs.set('waits', { id: 'waits', request: { input: {} }, status: 'IN_QUEUE', parts: [] });
    expect(await run(['health', ID])).toEqual({
      code: 0,
      stdout: 'Jobs: 1 wait, 0 run, 0 done, 0 failed, 0 tried again.\nWorkers: 1 idle, 0 initializing, 0 running, 0 throttled.\n',
      stderr: '',
    });
    expect(await run(['purge', ID])).toEqual({ code: 0, stdout: '1 removed.\n', stderr: '' });
  });

  it('says what to do about a key or an endpoint that is wrong, and never shows the key', async () => {
    expect(await run(['health', ID], 'rpa_ANOTHER_KEY')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'RunPod: Unauthorized: The key is not valid. The key in RUNPOD_API_KEY may not use this endpoint.\n',
    });
    await expect(run(['health', ID], '')).rejects.toThrow('RUNPOD_API_KEY is not set');
    await expect(run(['health', '../v2'])).rejects.toThrow('"../v2" is not the id of an endpoint.');
    await expect(run(['run', ID, 'nowhere.mp3'])).rejects.toMatchObject({ code: 'not_found' });
    expect(endpoint.calls).toHaveLength(1);
  });
});
