import {
  AppError,
  defaultOptions,
  type ModelInfo,
  type TranscribeOptions,
  type TranscribeOptionsInput,
  unsupportedOption,
} from '@bulk-transcribe/protocol';
import { matchModel } from './match-model.ts';

/**
 * The one place where options become complete and are checked against what the model can do. `models`: those that are there; `path`: where
 * the options stand in the request, to name the field at fault. AppError model_not_found, language_not_supported, option_not_supported,
 * invalid_request.
 */
export function resolveOptions(input: TranscribeOptionsInput, models: readonly ModelInfo[], path = ''): TranscribeOptions {
  const asked: TranscribeOptions = { ...defaultOptions, model: defaultModel(models), ...input };
  const id = matchModel(
    asked.model,
    models.map((model) => model.id),
  );
  const model = models.find((one) => one.id === id);
  if (!model) throw new AppError('model_not_found', `There is no model "${asked.model}".`, { field: `${path}model` });
  const options: TranscribeOptions = { ...asked, model: model.id };
  const problem = unsupportedOption(options, model, path);
  if (problem) throw problem;
  return options;
}

export const defaultModel = (models: readonly ModelInfo[]): string => models.find((model) => model.default)?.id ?? defaultOptions.model;
