import type { Logger } from 'pino';

/** Signals closer together than this are one. */
const SAME_SIGNAL_MS = 1000;

/**
 * Runs `close` once, on SIGTERM or SIGINT (its argument), then ends the process; a second signal ends it at once.
 * (Ctrl-C reaches us twice within a moment, from the terminal and forwarded by npm: that counts as one.)
 * A child also closes when its parent is gone (the IPC channel disconnects).
 */
export function closeOnSignal(log: Logger, close: (reason: string) => Promise<void>, limitMs = 10_000): void {
  let since: number | undefined;
  const stop = (reason: string): void => {
    if (since !== undefined) {
      if (performance.now() - since > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    since = performance.now();
    log.info({ reason }, 'stopping');
    setTimeout(() => process.exit(1), limitMs).unref();
    close(reason).then(
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
