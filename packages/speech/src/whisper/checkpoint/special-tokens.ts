/** Which token means what: by the tokenizer's names, by the generation config where the tokenizer is silent. */
import { damaged } from './damaged.ts';
import type { SpecialTokens } from './facts.ts';
import { isCount, isObject, type JsonObject } from './json-file.ts';
import { TOKENIZER } from './token-names.ts';

/** 0.00 s to 30.00 s in steps of 0.02 s. */
export const TIMESTAMPS = 1501;

type Names = ReadonlyMap<string, number>;

/** OpenAI: an English-only vocabulary is one token shorter than the multilingual one. */
const MULTILINGUAL_VOCABULARY = 51_865;

export const isMultilingual = (generation: JsonObject, vocabulary: number): boolean =>
  typeof generation['is_multilingual'] === 'boolean' ? generation['is_multilingual'] : vocabulary >= MULTILINGUAL_VOCABULARY;

export function specialTokens(
  names: Names,
  generation: JsonObject,
  { multilingual, vocabulary }: { multilingual: boolean; vocabulary: number },
): SpecialTokens {
  const task = isObject(generation['task_to_id']) ? generation['task_to_id'] : {};
  const find = (name: string, other?: unknown): number | null => names.get(`<|${name}|>`) ?? (isCount(other) ? other : null);
  const need = (name: string, other?: unknown): number => checked(find(name, other), name);
  const noTimestamps = need('notimestamps', generation['no_timestamps_token_id']);
  const sot = need('startoftranscript', generation['decoder_start_token_id']);
  const transcribe = find('transcribe', task['transcribe']);
  const translate = find('translate', task['translate']);
  const tokens: SpecialTokens = {
    sot,
    eot: need('endoftext', generation['eos_token_id']),
    transcribe: multilingual ? checked(transcribe, 'transcribe') : transcribe,
    translate,
    startOfPrev: need('startofprev', generation['prev_sot_token_id']),
    startOfLm: find('startoflm'),
    noSpeech: find('nospeech') ?? find('nocaptions'),
    noTimestamps,
    timestampBegin: find('0.00') ?? noTimestamps + 1,
    languages: multilingual
      ? languagesOf(names, generation, { after: sot, before: Math.min(transcribe ?? sot, translate ?? Number.POSITIVE_INFINITY) })
      : new Map(),
  };
  checkOrder(tokens, vocabulary);
  if (multilingual && tokens.languages.size === 0) throw damaged(TOKENIZER, 'it names no language');
  return tokens;
}

function checked(id: number | null, name: string): number {
  if (id === null) throw damaged(TOKENIZER, `it has no token <|${name}|>`);
  return id;
}

/** They stand between the start token and the tasks. */
function languagesOf(names: Names, generation: JsonObject, { after, before }: { after: number; before: number }): Map<string, number> {
  const listed = isObject(generation['lang_to_id']) ? Object.entries(generation['lang_to_id']) : [];
  const named = [...names].filter(([, id]) => id > after && id < before);
  const languages = new Map<string, number>();
  for (const [name, id] of listed.length > 0 ? listed : named) {
    const code = /^<\|([a-z]{2,4})\|>$/.exec(name)?.[1];
    if (code && isCount(id)) languages.set(code, id);
  }
  return languages;
}

/** The rules for timestamps rest on it: text, then the end token and all others, then the timestamps. */
function checkOrder(tokens: SpecialTokens, vocabulary: number): void {
  const { eot, timestampBegin, languages, ...others } = tokens;
  if (timestampBegin + TIMESTAMPS > vocabulary) throw damaged(TOKENIZER, `its timestamps do not fit into ${vocabulary} tokens`);
  for (const id of [...Object.values(others), ...languages.values()]) {
    if (id !== null && (id <= eot || id >= timestampBegin))
      throw damaged(TOKENIZER, `the special token ${id} does not stand between ${eot} and ${timestampBegin}`);
  }
}
