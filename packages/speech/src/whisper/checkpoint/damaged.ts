import { AppError } from '@bulk-transcribe/protocol';

/** The one error of a checkpoint that cannot be used; `what` ends the sentence. */
export const damaged = (file: string, what: string, cause?: unknown): AppError =>
  new AppError('engine_unavailable', `The model file ${file} cannot be used: ${what}.`, cause === undefined ? {} : { cause });
