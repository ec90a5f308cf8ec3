/** What a job asks for, as our options. */
import { defaultModel, matchModel } from '@bulk-transcribe/models';
import { AppError, defaultOptions, JobInput, type ModelInfo, type TranscribeOptions, unsupportedOption } from '@bulk-transcribe/protocol';
import { Value } from '@sinclair/typebox/value';

/** Throws invalid_request that names the first field at fault. */
export function readJobInput(given: unknown): JobInput {
  if (!Value.Check(JobInput, given)) {
    const [first] = [...Value.Errors(JobInput, given)];
    const field = (first?.path ?? '').slice(1).replaceAll('/', '.') || 'input';
    throw new AppError('invalid_request', `The field ${field} of the input is not as it should be: ${first?.message ?? 'not valid'}.`, { field });
  }
  const sources = (['audio', 'audio_base64', 'audio_key'] as const).filter((name) => given[name]);
  if (sources.length !== 1) {
    const said = sources.length === 0 ? 'None' : `More than one (${sources.join(', ')})`;
    throw new AppError('invalid_request', `${said} of audio, audio_base64 and audio_key is given; the job needs one of them.`, { field: 'audio' });
  }
  return given;
}

/** The default of RunPod's worker: it asks for nothing. */
const NO_LENGTH_PENALTY = 0;

/** Our options by the names that RunPod's clients know. */
const theirNames: Partial<Record<string, string>> = {
  wordTimes: 'word_timestamps',
  task: 'translate',
  suppressTokens: 'suppress_tokens',
  conditionOnPreviousText: 'condition_on_previous_text',
};

/** The name of the model that a job wants; empty = the engine's default. */
export const wantedModel = ({ model, options }: JobInput, fallback: string): string => model ?? options?.model ?? fallback;

/**
 * The options of a job's transcription. Throws model_not_found, language_not_supported, option_not_supported, each with the field by the name that
 * the client gave it.
 */
export function jobOptions(input: JobInput, models: readonly ModelInfo[], fallbackModel: string): TranscribeOptions {
  const name = wantedModel(input, fallbackModel) || defaultModel(models);
  const id = matchModel(
    name,
    models.map((candidate) => candidate.id),
  );
  const model = models.find((candidate) => candidate.id === id);
  if (!model) {
    const known = models.map((candidate) => candidate.id).join(', ');
    throw new AppError('model_not_found', `There is no model “${name}” here (field model), only: ${known}.`, { field: 'model' });
  }
  const options: TranscribeOptions = { ...defaultOptions, ...input.options, ...namedOptions(input, model), model: model.id };
  const problem = unsupportedOption(options, model) ?? unsupportedOption({ ...options, task: input.translate ? 'translate' : options.task }, model);
  if (!problem) return options;
  const field = theirNames[problem.field ?? ''] ?? problem.field ?? 'input';
  throw new AppError(problem.code, `${problem.message} (Field ${field}.)`, { field });
}

function namedOptions(input: JobInput, model: ModelInfo): Partial<TranscribeOptions> {
  return { ...searchOptions(input), ...thresholds(input), ...textOptions(input, model) };
}

function searchOptions({ temperature, beam_size, best_of, patience, length_penalty, temperature_increment_on_fallback: increment }: JobInput) {
  return {
    ...(temperature !== undefined && { temperature }),
    ...(beam_size && { beamSize: beam_size }),
    ...(best_of && { bestOf: best_of }),
    ...(patience !== undefined && { patience }),
    ...(length_penalty && length_penalty !== NO_LENGTH_PENALTY && { lengthPenalty: length_penalty }),
    ...(increment !== undefined && { temperatureIncrement: increment }),
  };
}

const thresholds = ({ compression_ratio_threshold: ratio, logprob_threshold: logProb, no_speech_threshold: noSpeech }: JobInput) => ({
  ...(ratio !== undefined && { compressionRatioThreshold: ratio }),
  ...(logProb !== undefined && { logProbThreshold: logProb }),
  ...(noSpeech !== undefined && { noSpeechThreshold: noSpeech }),
});

/** That each window hears of those before it is the default there: a model that cannot is not asked to. */
function textOptions(
  { language, initial_prompt, word_timestamps, suppress_tokens, condition_on_previous_text: previous }: JobInput,
  model: ModelInfo,
) {
  return {
    ...(language && language !== 'auto' && { language }),
    ...(initial_prompt && { prompt: initial_prompt }),
    ...(word_timestamps !== undefined && { wordTimes: word_timestamps }),
    ...(typeof suppress_tokens === 'string' && {
      suppressTokens: suppress_tokens
        .split(',')
        .filter((id) => id.trim())
        .map(Number),
    }),
    ...(previous !== undefined && model.prompt && { conditionOnPreviousText: previous }),
  };
}
