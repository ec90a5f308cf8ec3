import { explainStart, SettingsError } from '@bulk-transcribe/service';
import { DatabaseUnusableError } from './database/open-server.ts';

export interface StartFailure {
  /** For the person who started it. */
  readonly message: string;
  readonly exitCode: number;
}

/** Why the controller could not start, in words that say what to do. */
export function failureOf(cause: unknown): StartFailure {
  if (cause instanceof SettingsError) return { message: `The configuration is not right.\n${cause.message}`, exitCode: 2 };
  return { message: cause instanceof DatabaseUnusableError ? cause.message : explainStart(cause), exitCode: 1 };
}
