import { AppError } from '@bulk-transcribe/protocol';

export const cancelled = (signal: AbortSignal): AppError => new AppError('cancelled', 'The transcription was cancelled.', { cause: signal.reason });

export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled(signal);
}
