/** What is chosen for the next job, remembered by the browser; pure but for the remembering. */
import type { Compute, JobRequest, ModelInfo, SystemInfo, TranscribeOptions, TranscribeOptionsInput } from '@bulk-transcribe/protocol';
import { useStoredValue } from '../stored-value.ts';
import { type DecodingChoices, decodingOptionsOf } from './decoding-choices.ts';

/** Empty = as it comes: the default model, the language found out. */
export interface JobChoices {
  readonly model: string;
  readonly language: string;
  readonly compute: Compute;
  /** How many speak; empty = found out, off = they are not told apart. */
  readonly speakers: string;
  /** Where `speakers` is empty: numbers, or empty. */
  readonly minSpeakers: string;
  readonly maxSpeakers: string;
  readonly channels: TranscribeOptions['channels'];
  readonly priority: '3' | '0' | '-3';
  readonly quality: TranscribeOptions['quality'];
  readonly task: TranscribeOptions['task'];
  readonly languageDetection: TranscribeOptions['languageDetection'];
  readonly wordTimes: boolean;
  /** Names and terms, one on each line. */
  readonly glossary: string;
  readonly prompt: string;
  readonly decoding: DecodingChoices;
}

export const unchosen: JobChoices = {
  ...{ model: '', language: '', compute: 'auto', speakers: '' },
  ...{ minSpeakers: '', maxSpeakers: '', channels: 'auto', priority: '0' },
  ...{ quality: 'standard', task: 'transcribe', languageDetection: 'recording', wordTimes: false, glossary: '', prompt: '', decoding: {} },
};

export type UsableChoices = JobChoices & { readonly info: ModelInfo | undefined; readonly places: readonly Compute[] };

/** What was chosen before and can still be had: models come and go, each can do something else, and so it is with remote workers. */
export function usable(chosen: JobChoices, { models, fetchable, routing }: Pick<SystemInfo, 'models' | 'fetchable' | 'routing'>): UsableChoices {
  const toFetch = fetchable.find(({ id }) => id === chosen.model);
  const info = models.find(({ id }) => id === chosen.model) ?? toFetch ?? models.find((model) => model.default) ?? models[0];
  // Only a remote worker fetches one.
  const places = routing.choices.filter((choice) => !(toFetch && choice === 'cpu'));
  return {
    ...chosen,
    info,
    places,
    model: info?.id ?? '',
    language: info && info.languages.length > 1 && info.languages.includes(chosen.language) ? chosen.language : '',
    compute: places.includes(chosen.compute) ? chosen.compute : 'auto',
    task: info?.translation ? chosen.task : 'transcribe',
    wordTimes: info?.wordTimes === true && chosen.wordTimes,
    glossary: info?.prompt ? chosen.glossary : '',
    prompt: info?.prompt ? chosen.prompt : '',
    decoding: info?.prompt ? chosen.decoding : unchosen.decoding,
  };
}

const termsOf = (glossary: string): string[] =>
  glossary
    .split('\n')
    .map((term) => term.trim())
    .filter(Boolean);

/** What is asked of the job; what is as it comes anyway is not asked for. */
export function optionsOf(choices: JobChoices): TranscribeOptionsInput {
  const { model, language, languageDetection, quality, task, wordTimes, glossary, prompt, decoding } = choices;
  const terms = termsOf(glossary);
  return {
    ...(model && { model }),
    ...(language && { language }),
    ...(!language && languageDetection !== unchosen.languageDetection && { languageDetection }),
    ...speakerOptionsOf(choices),
    ...(quality !== unchosen.quality && { quality }),
    ...(task !== unchosen.task && { task }),
    ...(wordTimes && { wordTimes }),
    ...(terms.length > 0 && { glossary: terms }),
    ...(prompt.trim() && { prompt: prompt.trim() }),
    ...decodingOptionsOf(decoding),
  };
}

function speakerOptionsOf({ speakers, minSpeakers, maxSpeakers, channels }: JobChoices): TranscribeOptionsInput {
  if (speakers === 'off') return {};
  return {
    ...{ diarization: true, speakers: speakers === '' ? null : Number(speakers) },
    ...(speakers === '' && minSpeakers && { minSpeakers: Number(minSpeakers) }),
    ...(speakers === '' && maxSpeakers && { maxSpeakers: Number(maxSpeakers) }),
    ...(channels !== unchosen.channels && { channels }),
  };
}

/** The whole request but for its recordings. */
export const requestOf = (choices: JobChoices): Omit<JobRequest, 'recordingIds'> => ({
  compute: choices.compute,
  options: optionsOf(choices),
  ...(choices.priority !== unchosen.priority && { priority: Number(choices.priority) }),
});

/** How many choices beyond those in sight are not as they come. */
export function furtherChoices(choices: JobChoices): number {
  const { options = {}, priority } = requestOf(choices);
  const { model: _, language: __, diarization: ___, speakers: ____, ...further } = options;
  return Object.keys(further).length + (priority === undefined ? 0 : 1);
}

export function useJobChoices(): readonly [JobChoices, (change: Partial<JobChoices>) => void] {
  const [stored, store] = useStoredValue<Partial<JobChoices>>('job-choices', unchosen);
  const chosen = { ...unchosen, ...stored };
  return [chosen, (part) => store({ ...chosen, ...part })];
}
