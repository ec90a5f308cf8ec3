import { parseArgs } from 'node:util';
import { openBucket } from '@bulk-transcribe/bucket';
import { bucketOptions, closeOnSignal, createLogger } from '@bulk-transcribe/service';
import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { withModel } from '../engine/model-of.ts';
import { readPlatform } from '../life/platform.ts';
import { logLevel } from '../log-level.ts';
import { JobServer } from '../pull/job-server.ts';
import { reportAddresses } from '../pull/pull-settings.ts';
import type { CreateEngine } from '../worker-process.ts';
import type { LocalParts } from './do-job.ts';
import { runLocal } from './run-local.ts';
import { buildApi } from './serve-api.ts';

/** The command line of RunPod's own worker. What is not ours (concurrency, debugger) is taken, and changes nothing. */
const commandLine = {
  test_input: { type: 'string' },
  rp_serve_api: { type: 'boolean' },
  rp_api_host: { type: 'string', default: 'localhost' },
  rp_api_port: { type: 'string', default: '8000' },
  rp_log_level: { type: 'string' },
} as const;

const loopback = ['localhost', '127.0.0.1', '::1'];

/**
 * Works without any server of jobs where that is asked for: one job (TEST_LOCAL=true, exactly, or --test_input), whose exit code the process
 * gets, or an endpoint on this machine (--rp_serve_api) until a signal comes. False where nothing asks for it.
 */
export async function startLocal(args: readonly string[], createEngine: CreateEngine): Promise<boolean> {
  const { values } = parseArgs({ args: [...args], options: commandLine, strict: false });
  const given = typeof values.test_input === 'string' ? values.test_input : undefined;
  const { config: settings, problems } = readConfig();
  const platform = readPlatform(settings);
  const config = withModel(settings, platform);
  const serves = values.rp_serve_api === true;
  if (config.TEST_LOCAL !== 'true' && given === undefined && !serves) return false;
  const level = logLevel(config, typeof values.rp_log_level === 'string' ? values.rp_log_level : '');
  const log = createLogger('worker', { level, format: config.LOG_FORMAT }, pino.destination(2));
  for (const problem of problems) log.error(problem);
  const bucket = bucketOptions(config);
  const parts: LocalParts = { ...createEngine(config, log), config, log, bucket: bucket && openBucket(bucket) };
  if (serves) {
    await serve(parts, { host: String(values.rp_api_host), port: Number(values.rp_api_port) });
    return true;
  }
  const addresses = { take: null, ...reportAddresses(config) };
  const server = new JobServer({ addresses, workerId: platform.workerId, userAgent: 'bulk-transcribe (local test)' });
  const print = (text: string) => process.stdout.write(`${text}\n`);
  process.exitCode = await runLocal({ ...parts, server, given, print });
  await parts.engine.close();
  return true;
}

async function serve(parts: LocalParts, { host, port }: { host: string; port: number }): Promise<void> {
  const { engine, log } = parts;
  const api = buildApi({ ...parts, ownFiles: loopback.includes(host) });
  closeOnSignal(log, async () => {
    await api.close();
    await engine.close();
  });
  log.info(`a local endpoint listens on ${await api.listen({ host, port })}`);
}
