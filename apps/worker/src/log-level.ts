import type { Config } from './config.ts';

type LogLevel = Config['LOG_LEVEL'];

const known = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[];
const asLevel = (text: string): LogLevel | undefined => known.find((level) => level === text.toLowerCase());

/** Least important line that is written: `given` on the command line, RunPod's names for it, DEBUG=true of the early worker, ours; the first counts. */
export function logLevel({ RUNPOD_LOG_LEVEL, RUNPOD_DEBUG_LEVEL, DEBUG, LOG_LEVEL }: Config, given = ''): LogLevel {
  return asLevel(given) ?? asLevel(RUNPOD_LOG_LEVEL) ?? asLevel(RUNPOD_DEBUG_LEVEL) ?? (DEBUG === 'true' ? 'debug' : LOG_LEVEL);
}
