import { AppError } from '@bulk-transcribe/protocol';

/** Ctrl-C reaches us twice within a moment, from the terminal and forwarded by npm: that counts as one. */
const SAME_SIGNAL_MS = 1000;

export interface Interrupt {
  /** Aborts with `cancelled` at Ctrl-C, SIGTERM, or when the terminal is closed. */
  readonly signal: AbortSignal;
  /** 128 and the number of the signal, as shells count; null while there was none. */
  readonly exitCode: () => number | null;
}

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** From here on a first signal stops the work in its order, a second one ends the process at once. `message`: what the person reads. */
export function onInterrupt(message: string): Interrupt {
  const abort = new AbortController();
  let exitCode: number | null = null;
  let since = 0;
  for (const [name, code] of Object.entries(exitCodes)) {
    process.on(name, () => {
      if (exitCode !== null && performance.now() - since > SAME_SIGNAL_MS) process.exit(code);
      if (exitCode !== null) return;
      since = performance.now();
      exitCode = code;
      abort.abort(new AppError('cancelled', message));
    });
  }
  return { signal: abort.signal, exitCode: () => exitCode };
}
