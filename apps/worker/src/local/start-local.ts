import { parseArgs } from 'node:util';
import { createLogger } from '@bulk-transcribe/service';
import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { readPlatform } from '../life/platform.ts';
import { pullFrom } from '../pull/pull-from.ts';
import type { CreateEngine } from '../worker-process.ts';
import { runLocal } from './run-local.ts';

/** Runs one local job and ends the process with its exit code where TEST_LOCAL=true (exactly) or --test_input asks for it. False where nothing does. */
export async function startLocal(args: readonly string[], createEngine: CreateEngine): Promise<boolean> {
  const { values } = parseArgs({ args: [...args], options: { test_input: { type: 'string' } }, strict: false });
  const given = typeof values.test_input === 'string' ? values.test_input : undefined;
  const { config } = readConfig();
  if (config.TEST_LOCAL !== 'true' && given === undefined) return false;
  const level = config.DEBUG === 'true' ? 'debug' : config.LOG_LEVEL;
  const log = createLogger('worker', { level, format: config.LOG_FORMAT }, pino.destination(2));
  const parts = createEngine(config, log);
  const server = pullFrom(config, { workerId: readPlatform(config).workerId, userAgent: 'bulk-transcribe (local test)' })?.server ?? null;
  const print = (text: string) => process.stdout.write(`${text}\n`);
  process.exitCode = await runLocal({ ...parts, config, log, server, given, print });
  await parts.engine.close();
  return true;
}
