/**
 * What the fields of a transcription request ask for. Fields that are not known are ignored, as clients send many; those
 * that would change the meaning of the answer and cannot be honoured are errors.
 */
import { defaultModel } from '@bulk-transcribe/models';
import { AppError, type OpenAiResponseFormat, openAiModelAliases, openAiResponseFormats, type TranscribeOptions } from '@bulk-transcribe/protocol';
import type { WorkersStatus } from '../dispatch/workers.ts';
import { resolveOptions } from '../http/resolve-options.ts';
import { type FormFields, value, values } from './form-fields.ts';
import { type KnownSpeaker, readKnownSpeakers } from './known-speakers.ts';

export interface TranscriptionOrder {
  readonly options: TranscribeOptions;
  readonly format: OpenAiResponseFormat;
  readonly segments: boolean;
  /** Whose voices are looked for among the speakers. */
  readonly known: readonly KnownSpeaker[];
}

/** Longest prompt, characters: that of TranscribeOptions. */
const MAX_PROMPT = 4000;
/** Most keywords, and longest one in characters: those of its glossary. */
const MAX_TERMS = 1000;
const MAX_TERM = 200;
const aliases: ReadonlySet<string> = new Set(openAiModelAliases);

type Task = TranscribeOptions['task'];

/** `task` is what the route does. */
export function readOrder(fields: FormFields, status: WorkersStatus, task: Task = 'transcribe'): TranscriptionOrder {
  refuseUnsupported(fields);
  const granularities = readGranularities(fields);
  const model = value(fields, 'model');
  const input = {
    model: model === undefined || aliases.has(model) ? modelFor(task, status) : model,
    task,
    language: readLanguage(fields, status),
    prompt: readPrompt(fields),
    glossary: readGlossary(fields),
    temperature: readTemperature(fields),
  };
  const options = resolveOptions({ input, status });
  const format = readFormat(fields, task);
  if (wantsStream(fields) && format !== 'json' && format !== 'text' && format !== 'diarized_json') {
    throw unsupported('stream', `A stream is of text: response_format is json, text or diarized_json with it, not ${format}.`);
  }
  const known = readKnownSpeakers(fields);
  if (known.length > 0 && format !== 'diarized_json')
    throw unsupported('known_speaker_names', `Speakers are named with response_format=diarized_json alone, not with ${format}.`);
  return {
    options: {
      ...options,
      wordTimes: granularities.has('word') && wordTimes(options.model, status),
      diarization: format === 'diarized_json',
    },
    known,
    format,
    segments: granularities.has('segment') || granularities.size === 0,
  };
}

/** OpenAI's names mean the default model, where that can do the task. */
function modelFor(task: Task, { models }: WorkersStatus): string {
  const usual = defaultModel(models);
  if (task === 'transcribe' || models.length === 0 || models.some(({ id, translation }) => id === usual && translation)) return usual;
  return models.find(({ translation }) => translation)?.id ?? usual;
}

const unsupported = (field: string, message: string) => new AppError('option_not_supported', message, { field });

function refuseUnsupported(fields: FormFields): void {
  if (values(fields, 'include').length > 0) throw unsupported('include', 'include[] is not supported.');
}

export const wantsStream = (fields: FormFields): boolean => value(fields, 'stream')?.toLowerCase() === 'true';

function readFormat(fields: FormFields, task: Task): OpenAiResponseFormat {
  const given = value(fields, 'response_format') ?? 'json';
  const format = openAiResponseFormats.find((item) => item === given);
  if (format === 'diarized_json' && task === 'translate') throw unsupported('response_format', 'A translation has no diarized_json.');
  if (format) return format;
  const message = `The response format "${given}" is not supported, only: ${openAiResponseFormats.join(', ')}.`;
  throw new AppError('invalid_request', message, { field: 'response_format' });
}

function readGranularities(fields: FormFields): Set<string> {
  const given = new Set(values(fields, 'timestamp_granularities'));
  const unknown = [...given].find((item) => item !== 'word' && item !== 'segment');
  if (unknown === undefined) return given;
  const message = `timestamp_granularities[] may be word or segment, not "${unknown}".`;
  throw new AppError('invalid_request', message, { field: 'timestamp_granularities' });
}

function wordTimes(model: string, { models }: WorkersStatus): boolean {
  if (models.some((info) => info.id === model && info.wordTimes)) return true;
  throw unsupported('timestamp_granularities', `The model ${model} gives no word times.`);
}

/** ISO 639-1; a region ("en-US") changes nothing for a recogniser. Of several possible `languages` one the model knows is enough. */
function readLanguage(fields: FormFields, { models }: WorkersStatus): string | null {
  const code = (text: string) => text.toLowerCase().replace(/[-_].*$/, '');
  const given = value(fields, 'language');
  if (given !== undefined) return code(given);
  const possible = values(fields, 'languages').map(code);
  const known = possible.filter((language) => models.some((model) => model.languages.includes(language)));
  if (known.length > 1) return null;
  return known[0] ?? possible[0] ?? null;
}

function readPrompt(fields: FormFields): string {
  const prompt = value(fields, 'prompt') ?? '';
  if (prompt.length <= MAX_PROMPT) return prompt;
  throw new AppError('invalid_request', `The prompt is longer than ${MAX_PROMPT} characters.`, { field: 'prompt' });
}

/** Keywords are names and terms to expect. */
function readGlossary(fields: FormFields): string[] {
  const terms = values(fields, 'keywords');
  if (terms.length <= MAX_TERMS && terms.every(({ length }) => length <= MAX_TERM)) return terms;
  throw new AppError('invalid_request', `There may be ${MAX_TERMS} keywords of ${MAX_TERM} characters each.`, { field: 'keywords' });
}

function readTemperature(fields: FormFields): number {
  const given = Number(value(fields, 'temperature') ?? 0);
  if (given >= 0 && given <= 1) return given;
  throw new AppError('invalid_request', 'temperature must be a number from 0 to 1.', { field: 'temperature' });
}
