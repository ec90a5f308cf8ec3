/** What is chosen for the next job, remembered by the browser; pure but for the remembering. */
import type { Compute, ModelInfo, SystemInfo } from '@bulk-transcribe/protocol';
import { useState } from 'react';

/** Empty = as it comes: the default model, the language found out. */
export interface JobChoices {
  readonly model: string;
  readonly language: string;
  readonly compute: Compute;
}

const KEY = 'job-choices';
const unchosen: JobChoices = { model: '', language: '', compute: 'auto' };

/** What was chosen before and can still be had: models come and go, and so do remote workers. */
export function usable(
  chosen: JobChoices,
  { models, routing }: Pick<SystemInfo, 'models' | 'routing'>,
): JobChoices & { info: ModelInfo | undefined } {
  const info = models.find(({ id }) => id === chosen.model) ?? models.find((model) => model.default) ?? models[0];
  return {
    info,
    model: info?.id ?? '',
    language: info && info.languages.length > 1 && info.languages.includes(chosen.language) ? chosen.language : '',
    compute: routing.choices.includes(chosen.compute) ? chosen.compute : 'auto',
  };
}

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
