import { OWN_SUPPRESSED_TOKENS } from './decoding-options.ts';
import { AppError } from './errors.ts';
import type { ModelInfo, TranscribeOptions } from './options.ts';
import { contradictoryCounts } from './speaker-options.ts';

/**
 * What was asked for and would change the meaning of the answer, but the model cannot: language_not_supported or
 * option_not_supported, or that contradicts itself: invalid_request, with the field at fault. Null where it can all. `path`: where the options stand in the request.
 */
export function unsupportedOption(options: TranscribeOptions, model: ModelInfo, path = ''): AppError | null {
  const { language } = options;
  if (language !== null && !model.languages.includes(language)) {
    const message = `${model.name} does not know the language “${language}”, only: ${model.languages.join(', ')}.`;
    return new AppError('language_not_supported', message, { field: `${path}language` });
  }
  const contradiction = contradictoryCounts(options, path);
  if (contradiction) return contradiction;
  const wish = wishes(options, model).find(({ asked, able }) => asked && !able);
  return wish ? new AppError('option_not_supported', `${model.name} ${wish.problem}.`, { field: `${path}${wish.field}` }) : null;
}

interface Wish {
  readonly field: keyof TranscribeOptions;
  readonly asked: boolean;
  readonly able: boolean;
  readonly problem: string;
}

/** An option that only says how hard to search is none. */
const wishes = (options: TranscribeOptions, { wordTimes, translation, prompt }: ModelInfo): Wish[] => [
  { field: 'wordTimes', asked: options.wordTimes, able: wordTimes, problem: 'gives no word times' },
  { field: 'task', asked: options.task === 'translate', able: translation, problem: 'cannot translate' },
  { field: 'prefix', asked: options.prefix.trim() !== '', able: prompt, problem: 'cannot go on from a prefix' },
  { field: 'suppressTokens', asked: !isOwnList(options.suppressTokens), able: prompt, problem: 'cannot suppress single tokens' },
  { field: 'conditionOnPreviousText', asked: options.conditionOnPreviousText, able: prompt, problem: 'cannot be told the text before' },
];

const isOwnList = (ids: readonly number[]): boolean => ids.length === 1 && ids[0] === OWN_SUPPRESSED_TOKENS;
