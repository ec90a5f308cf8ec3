import type { AppError, Transcript } from '@bulk-transcribe/protocol';

/** Hears how attempts end, once that is stored. */
export interface AttemptObserver {
  succeeded(transcript: Transcript): void;
  failed(error: AppError): void;
}
