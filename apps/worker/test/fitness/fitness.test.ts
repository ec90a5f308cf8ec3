/** Whether a serverless worker may take jobs, and how it says that it may not. */
import { createServer } from 'node:net';
import { AppError } from '@bulk-transcribe/protocol';
import type { EngineInfo } from '@bulk-transcribe/speech';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeJobServer } from '../../../../e2e/fake-job-server.ts';
import { fit, fitnessOf } from '../../src/fitness/fitness.ts';
import { type MachineNeeds, machineChecks } from '../../src/fitness/machine-checks.ts';
import { JobServer } from '../../src/pull/job-server.ts';
import { pullAddresses } from '../../src/pull/pull-settings.ts';
import { createFakeEngine, fakeEngineInfo } from '../fake-engine.ts';
import { casesOf } from '../life/vector-file.ts';
import { readWorkerSettings } from './worker-settings.ts';

const modest: MachineNeeds = { memoryGb: 0, diskPercent: 0, folder: '/', networkMs: 5_000, network: { host: '127.0.0.1', port: 0 } };

/** A port of this machine where somebody takes connections; without one where nobody does any more. */
async function freePort({ open }: { open: boolean }): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  if (open) onTestFinished(() => void server.close());
  else await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What becomes of each check, by its name: empty where it is passed. */
async function found(needs: Partial<MachineNeeds>): Promise<Record<string, string>> {
  const checks = machineChecks({ ...modest, ...needs });
  const entries = await Promise.all(
    checks.map(async ({ name, run }) => [
      name,
      await run().then(
        () => '',
        (cause: Error) => cause.message,
      ),
    ]),
  );
  return Object.fromEntries(entries);
}

describe('the machine', () => {
  it('is good where it has what is needed', async () => {
    const network = { host: '127.0.0.1', port: await freePort({ open: true }) };
    expect(await found({ network })).toEqual({ check_memory: '', check_disk: '', check_network: '' });
  });

  it('is named with what it lacks', async () => {
    const network = { host: '127.0.0.1', port: await freePort({ open: false }) };
    expect(await found({ memoryGb: 1_000_000, diskPercent: 100.1, network })).toEqual({
      check_memory: expect.stringMatching(/^Only [\d.]+ GB of memory are free, less than RUNPOD_MIN_MEMORY_GB \(1000000\)\.$/),
      check_disk: expect.stringMatching(/^Only [\d.]+ % of the disk are free, less than RUNPOD_MIN_DISK_PERCENT \(100\.1\)\.$/),
      check_network: expect.stringMatching(/^The network cannot be used: 127\.0\.0\.1:\d+: .*ECONNREFUSED/),
    });
  });

  it('is looked at as the settings say: RunPod’s own limits, others, or not at all', () => {
    const checksFor = (variables: Record<string, string>, gpu: string | null = 'NVIDIA L4') => fitnessOf(readWorkerSettings(variables), gpu);
    expect(checksFor({}).checks.map(({ name }) => name)).toEqual(['check_memory', 'check_disk', 'check_network']);
    expect(checksFor({ RUNPOD_SKIP_AUTO_SYSTEM_CHECKS: 'True' }).checks).toEqual([]);
    expect(checksFor({}).gpu).toBe('NVIDIA L4');
    for (const skips of [{ DEVICE: 'cpu' }, { RUNPOD_SKIP_GPU_CHECK: 'true' }]) expect(checksFor(skips).gpu).toBeNull();
  });
});

/** Unfit ends the process: here that is noted, and what would have gone on never does. */
async function start({ checks = [], gpu = null, info = {}, prepare }: Given) {
  const steps: string[] = [];
  const engine = { ...createFakeEngine(), prepare: prepare ?? (async () => ({ ...fakeEngineInfo, ...info })) };
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  const tell = async (check: string, reason: string) => void steps.push(`${check}: ${reason}`);
  const exit = (code: number) => resolve(`exit ${code}`);
  const lived = fit(engine, { checks, gpu, tell, exit, log: pino({ level: 'silent' }) }).then((fitting) => fitting.prepare());
  const outcome = await Promise.race([ended, lived.then(({ device }) => `computes on ${device}`)]);
  return [...steps, outcome];
}

interface Given {
  readonly checks?: Parameters<typeof fit>[1]['checks'];
  readonly gpu?: string | null;
  readonly info?: Partial<EngineInfo>;
  readonly prepare?: () => Promise<EngineInfo>;
}

describe('a worker', () => {
  const passes = { name: 'check_one', run: async () => undefined };
  const fails = { name: 'check_two', run: async () => Promise.reject(new Error('there is none')) };
  const notReached = { name: 'check_three', run: async () => expect.fail() };

  it('that passes everything goes on; the first failure ends it', async () => {
    expect(await start({ checks: [passes] })).toEqual(['computes on cpu']);
    expect(await start({ checks: [passes, fails, notReached] })).toEqual(['check_two: there is none', 'exit 1']);
  });

  it('is unfit where its GPU is there and nothing computes on it, with the reason why', async () => {
    expect(await start({ gpu: 'NVIDIA L4', info: { device: 'cuda' } })).toEqual(['computes on cuda']);
    const fallbacks = [{ what: 'device', from: 'cuda', to: 'cpu', reason: 'The provider cannot be loaded.' }] as const;
    expect(await start({ gpu: 'NVIDIA L4', info: { fallbacks } })).toEqual([
      'check_gpu: There is a GPU (NVIDIA L4), but the worker computes on the CPU. The provider cannot be loaded.',
      'exit 1',
    ]);
  });

  it('is unfit where its engine cannot be loaded', async () => {
    const prepare = async () => Promise.reject(new AppError('engine_unavailable', 'The model is damaged.'));
    expect(await start({ prepare })).toEqual(['check_engine: The model is damaged.', 'exit 1']);
  });
});

describe('what RunPod is told', () => {
  it('is what the vector says, and no more of a reason than it takes', async () => {
    const [row] = casesOf<{ id: string; request: { url: string } }>('serverless-ping').filter(({ id }) => id === 'unfit');
    const jobs = await FakeJobServer.start();
    onTestFinished(() => jobs.close());
    const settings = readWorkerSettings({ ...jobs.today, RUNPOD_WEBHOOK_PING: `${jobs.url}/v2/ep1/ping/$RUNPOD_POD_ID?t=1` });
    const addresses = pullAddresses(settings);
    if (!addresses) throw new Error('The settings name no server of jobs.');
    const server = new JobServer({ addresses, workerId: '5kq2m8x7n1abcd', userAgent: 'bulk-transcribe/test' });
    await server.unfit('check_gpu', 'RuntimeError: no GPU');
    expect(jobs.calls.map(({ url }) => `https://ctl.example${url.pathname}${url.search}`)).toEqual([row?.request.url]);
    await server.unfit('check_gpu', 'x'.repeat(1_000));
    expect(jobs.calls[1]?.url.searchParams.get('reason')).toBe('x'.repeat(256));
  });
});
