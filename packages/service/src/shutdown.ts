import type { Logger } from 'pino';

/**
 * Runs `close` once, on SIGTERM or SIGINT, then ends the process; a second signal ends it at once.
 * A child also closes when its parent is gone (the IPC channel disconnects).
 */
export function closeOnSignal(log: Logger, close: () => Promise<void>, limitMs = 10_000): void {
  let closing = false;
  const stop = (reason: string): void => {
    if (closing) process.exit(1);
    closing = true;
    log.info({ reason }, 'stopping');
    setTimeout(() => process.exit(1), limitMs).unref();
    close().then(
      () => process.exit(0),
      (err: unknown) => {
        log.error({ err }, 'did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  if (process.channel) process.once('disconnect', () => stop('parent is gone'));
}
