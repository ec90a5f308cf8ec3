import type { Logger } from 'pino';
import type { Lifecycle } from './lifecycle.ts';
import type { Limits } from './limits.ts';
import type { Platform } from './platform.ts';

/** The life in the log: at start whether the worker can end its own bill, then every change of its state. */
export function tellLife({ lifecycle, platform, limits, log }: { lifecycle: Lifecycle; platform: Platform; limits: Limits; log: Logger }): void {
  tellStart(platform, limits, log);
  lifecycle.on('change', ({ from, to, reason }) => log.info({ from, ...(reason && { reason }) }, `the worker is ${to}`));
}

function tellStart({ kind, workerId, keys, notArmedBecause }: Platform, limits: Limits, log: Logger): void {
  const { idleMs, lifetimeMs } = limits;
  switch (kind) {
    case 'serverless':
      log.info({ workerId }, 'serverless: the platform ends this worker');
      break;
    case 'none':
      if (idleMs === null) log.info('worker zero: this process runs until it is stopped');
      else log.info({ idleMs }, 'this process ends when it has been idle for so long; WORKER_ZERO=true keeps it');
      break;
    case 'pod':
      if (notArmedBecause) log.fatal({ podId: workerId }, `NOT ARMED, this pod costs money until somebody ends it: ${notArmedBecause}`);
      else log.info({ podId: workerId, keys: keys.map(({ name }) => name), idleMs, lifetimeMs }, 'armed: this pod deletes itself at its end');
      break;
    default:
      kind satisfies never;
  }
}
