/** What is chosen for the next job, remembered by the browser; pure but for the remembering. */
import type { Compute, ModelInfo, SystemInfo, TranscribeOptions, TranscribeOptionsInput } from '@bulk-transcribe/protocol';
import { useState } from 'react';

/** Empty = as it comes: the default model, the language found out. */
export interface JobChoices {
  readonly model: string;
  readonly language: string;
  readonly compute: Compute;
  /** How many speak; empty = found out, off = they are not told apart. */
  readonly speakers: string;
  readonly quality: TranscribeOptions['quality'];
  readonly task: TranscribeOptions['task'];
  readonly wordTimes: boolean;
  /** Names and terms, one on each line. */
  readonly glossary: string;
  readonly prompt: string;
}

const KEY = 'job-choices';
export const unchosen: JobChoices = {
  ...{ model: '', language: '', compute: 'auto', speakers: '' },
  ...{ quality: 'standard', task: 'transcribe', wordTimes: false, glossary: '', prompt: '' },
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
  };
}

const termsOf = (glossary: string): string[] =>
  glossary
    .split('\n')
    .map((term) => term.trim())
    .filter(Boolean);

/** What is asked of the job; what is as it comes anyway is not asked for. */
export function optionsOf({ model, language, speakers, quality, task, wordTimes, glossary, prompt }: JobChoices): TranscribeOptionsInput {
  const terms = termsOf(glossary);
  return {
    ...(model && { model }),
    ...(language && { language }),
    ...(speakers !== 'off' && { diarization: true, speakers: speakers === '' ? null : Number(speakers) }),
    ...(quality !== unchosen.quality && { quality }),
    ...(task !== unchosen.task && { task }),
    ...(wordTimes && { wordTimes }),
    ...(terms.length > 0 && { glossary: terms }),
    ...(prompt.trim() && { prompt: prompt.trim() }),
  };
}

/** How many choices beyond those in sight are not as they come. */
export const furtherChoices = ({ quality, task, wordTimes, glossary, prompt }: JobChoices): number =>
  [quality !== unchosen.quality, task !== unchosen.task, wordTimes, termsOf(glossary).length > 0, prompt.trim() !== ''].filter(Boolean).length;

export function useJobChoices(): readonly [JobChoices, (change: Partial<JobChoices>) => void] {
  const [chosen, setChosen] = useState(remembered);
  const change = (part: Partial<JobChoices>): void => {
    const next = { ...chosen, ...part };
    setChosen(next);
    localStorage.setItem(KEY, JSON.stringify(next));
  };
  return [chosen, change];
}

function remembered(): JobChoices {
  try {
    return { ...unchosen, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<JobChoices>) };
  } catch {
    return unchosen;
  }
}
