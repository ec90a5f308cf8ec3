import { type ErrorCode, toAppError } from '@bulk-transcribe/protocol';

/** Their messages say what to do; the hints are meant for the API. */
const wordsSuffice: ReadonlySet<ErrorCode> = new Set(['cancelled', 'conflict', 'not_found', 'invalid_request']);

/** What went wrong and what to do about it, on one line. */
export function sentence(cause: unknown): string {
  const { code, message, hint } = toAppError(cause);
  return wordsSuffice.has(code) ? message : `${message} ${hint}`;
}
