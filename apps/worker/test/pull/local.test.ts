/** A job without any server: the rows of RunPod's first local test, and what ours adds. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EMBEDDED_MODEL, type JobOutput } from '@bulk-transcribe/protocol';
import { trySettings } from '@bulk-transcribe/service';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { settingsTable } from '../../src/config.ts';
import { type LocalRun, runLocal } from '../../src/local/run-local.ts';
import { startLocal } from '../../src/local/start-local.ts';
import { logLevel } from '../../src/log-level.ts';
import { JobServer } from '../../src/pull/job-server.ts';
import { reportAddresses } from '../../src/pull/pull-settings.ts';
import { createFakeEngine } from '../fake-engine.ts';
import { testRows } from '../life/vector-file.ts';
import { temporaryFolder } from '../run-worker.ts';
import { askedServer, settingsOf } from './asked-server.ts';

interface Row {
  readonly id: string;
  readonly given: { readonly env: Record<string, string>; readonly files?: Record<string, { id?: string; input: object }> };
  readonly expect: { readonly jobs?: number; readonly jobId?: string };
}

const audio = { audio_base64: Buffer.from('fake{text=Said_here.}').toString('base64') };

async function run(files: Record<string, object>, change: Partial<LocalRun> = {}) {
  const root = await temporaryFolder();
  await mkdir(root, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(root, name), JSON.stringify(content));
  const engine = createFakeEngine();
  const printed: string[] = [];
  const config = trySettings(settingsTable, { TEST_LOCAL: 'true', MODEL: EMBEDDED_MODEL }, root).settings;
  const print = (line: string) => void printed.push(line);
  const code = await runLocal({
    config,
    engine,
    log: pino({ level: 'silent' }),
    server: null,
    bucket: null,
    given: undefined,
    print,
    root,
    ...change,
  });
  return { root, engine, code, said: printed.map((line) => JSON.parse(line) as { id: string; output?: JobOutput; error?: string }) };
}

const asked = askedServer();

describe('a local test', () => {
  const doesTheJob = async ({ given, expect: expected }: Row) => {
    const files = Object.fromEntries(Object.entries(given.files ?? {}).map(([name, job]) => [name, { ...job, input: audio }]));
    const { code, engine, said, root } = await run(files);
    expect([code, engine.begun.length]).toEqual([0, expected.jobs]);
    expect(said).toMatchObject([{ id: expected.jobId ?? 'LOCAL-TEST', output: { transcription: 'Said here. Said here.' } }]);
    const { links = {} } = said[0]?.output ?? {};
    expect(await readFile(links['txt'] ?? '', 'utf8')).toContain('Said here.');
    expect(await readdir(path.join(root, 'uploaded'))).toHaveLength(1);
  };

  /** The worker goes on as one that serves. */
  const isNone = async ({ given }: Row) => {
    expect(settingsTable.TEST_LOCAL.parse(given.env['TEST_LOCAL'] ?? '', '')).not.toBe('true');
    expect(await startLocal([], () => ({ engine: createFakeEngine() }))).toBe(false);
  };

  testRows<Row>('early-local', {
    'test-local': doesTheJob,
    'singular-name': doesTheJob,
    'test-local-no-file': async () => {
      const { code, said, engine } = await run({});
      expect([code, said, engine.begun]).toEqual([0, [], []]);
    },
    'test-local-other-value': isNone,
    // A file alone turns no worker into a local run.
    'from-0.1.7': isNone,
  });

  it('takes its job from the command line, too, and a file of this machine as audio', async () => {
    const root = await temporaryFolder();
    await writeFile(path.join(root, 'speech.wav'), 'fake{windows=1,text=From_a_file.}');
    const { said } = await run({}, { root, given: '{"input": {"audio": "speech.wav"}}' });
    expect(said).toMatchObject([{ id: 'local_test', output: { transcription: 'From a file.' } }]);
  });

  it('that fails says why, with exit code 1', async () => {
    const { code, said } = await run({}, { given: '{"input": {"beam_size": 5}}' });
    expect(code).toBe(1);
    expect(said).toMatchObject([{ error: expect.stringContaining('audio_base64') }]);
  });

  it.each(['today', 'early'] as const)(
    'posts an error, and nothing else, where there is an address for it alone: by its name of %s',
    async (generation) => {
      const variables = asked[generation]();
      const post = Object.fromEntries(Object.entries(variables).filter(([name]) => name.endsWith('POST_OUTPUT')));
      const server = new JobServer({ addresses: { take: null, ...reportAddresses(settingsOf(post)) }, workerId: 'pod-1', userAgent: 'test' });
      const from = asked.calls.length;
      await run({}, { server, given: JSON.stringify({ id: 'job-1', input: audio }) });
      expect(asked.calls.slice(from)).toEqual([]);
      const { said } = await run({}, { server, given: JSON.stringify({ id: 'job-1', input: {} }) });
      expect(asked.calls.slice(from)).toMatchObject([{ method: 'POST', url: expect.stringContaining('/job-done/pod-1/job-1?t=1') }]);
      expect(JSON.parse(asked.calls.at(-1)?.body ?? '')).toEqual({ error: said[0]?.error });
    },
  );

  it('says more where DEBUG is true, and as RunPod’s own names want it before that', () => {
    const level = (env: Record<string, string>) => logLevel(settingsOf(env));
    expect([level({}), level({ DEBUG: 'true' }), level({ DEBUG: 'true', RUNPOD_LOG_LEVEL: 'ERROR' })]).toEqual(['info', 'debug', 'error']);
  });
});
