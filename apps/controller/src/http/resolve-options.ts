import { matchModel } from '@bulk-transcribe/models';
import {
  AppError,
  defaultOptions,
  type ModelInfo,
  type TranscribeOptions,
  type TranscribeOptionsInput,
  unsupportedOption,
} from '@bulk-transcribe/protocol';
import type { WorkersStatus } from '../dispatch/workers.ts';

export interface OptionsRequest {
  readonly input: TranscribeOptionsInput;
  readonly status: WorkersStatus;
  /** Where the options stand in the request, to name the field at fault. */
  readonly path?: string;
}

/**
 * The one place where options become complete and are checked against what the model can do.
 * AppError model_not_found, language_not_supported, option_not_supported; worker_unavailable while no worker has said what it can.
 */
export function resolveOptions({ input, status, path = '' }: OptionsRequest): TranscribeOptions {
  if (status.models.length === 0) throw new AppError('worker_unavailable', status.message || 'No worker is up yet.');
  const asked: TranscribeOptions = { ...defaultOptions, model: defaultModel(status.models), ...input };
  const id = matchModel(
    asked.model,
    status.models.map((model) => model.id),
  );
  const model = status.models.find((one) => one.id === id);
  if (!model) throw new AppError('model_not_found', `There is no model "${asked.model}".`, { field: `${path}model` });
  const options: TranscribeOptions = { ...asked, model: model.id };
  const problem = unsupportedOption(options, model, path);
  if (problem) throw problem;
  return options;
}

export const defaultModel = (models: readonly ModelInfo[]): string => models.find((model) => model.default)?.id ?? defaultOptions.model;
