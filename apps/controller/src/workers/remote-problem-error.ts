import type { RemoteProblemCode } from '@bulk-transcribe/protocol';

/** We do not connect there, or go no further: the reason is one of the known problems. */
export class RemoteProblemError extends Error {
  override readonly name = 'RemoteProblemError';
  readonly problem: RemoteProblemCode;

  constructor(problem: RemoteProblemCode, message: string) {
    super(message);
    this.problem = problem;
  }
}
