import { findKnown, matchModel, resolveOptions as resolveForModels } from '@bulk-transcribe/models';
import { AppError, type TranscribeOptions, type TranscribeOptionsInput } from '@bulk-transcribe/protocol';
import type { WorkersStatus } from '../dispatch/workers.ts';

export interface OptionsRequest {
  readonly input: TranscribeOptionsInput;
  readonly status: WorkersStatus;
  /** Where the options stand in the request, to name the field at fault. */
  readonly path?: string;
}

/**
 * Complete options for the models of the workers, and those that one would fetch, as the package does it; worker_unavailable
 * while no worker has said what it can.
 */
export function resolveOptions({ input, status, path = '' }: OptionsRequest): TranscribeOptions {
  if (status.models.length === 0) throw new AppError('worker_unavailable', status.message || 'No worker is up yet.');
  const models = [...status.models, ...status.fetchable];
  assertThere(input.model, { models, status, field: `${path}model` });
  return resolveForModels(input, models, path);
}

/** A model that is known, but that no worker has or can get, is told so. */
function assertThere(
  asked: string | undefined,
  { models, status, field }: { models: WorkersStatus['models']; status: WorkersStatus; field: string },
) {
  const known = asked === undefined ? null : findKnown(asked);
  if (
    !known ||
    matchModel(
      known.name,
      models.map(({ id }) => id),
    ) !== null
  )
    return;
  const who = status.routing.mode === 'off' ? 'the remote worker, which could fetch it, is off' : 'no remote worker can fetch it';
  const message = `No worker has the model "${asked}", and ${who}. Install it here: npm run cli -- models install ${known.name}.`;
  throw new AppError('model_not_found', message, { field });
}
