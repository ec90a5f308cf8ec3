/** Something that another try may mend: a cut connection, a busy server. Never leaves this package: retries end in an AppError. */
export class TemporaryFailure extends Error {
  override readonly name = 'TemporaryFailure';
  /** What the server asks us to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: { cause?: unknown; retryAfterMs?: number | undefined } = {}) {
    super(message, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
  }
}
