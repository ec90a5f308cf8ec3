import { resolveOptions as resolveForModels } from '@bulk-transcribe/models';
import { AppError, type TranscribeOptions, type TranscribeOptionsInput } from '@bulk-transcribe/protocol';
import type { WorkersStatus } from '../dispatch/workers.ts';

export interface OptionsRequest {
  readonly input: TranscribeOptionsInput;
  readonly status: WorkersStatus;
  /** Where the options stand in the request, to name the field at fault. */
  readonly path?: string;
}

/** Complete options for the models of the workers, as the package does it; worker_unavailable while no worker has said what it can. */
export function resolveOptions({ input, status, path }: OptionsRequest): TranscribeOptions {
  if (status.models.length === 0) throw new AppError('worker_unavailable', status.message || 'No worker is up yet.');
  return resolveForModels(input, status.models, path);
}
