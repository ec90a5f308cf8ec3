/** A request as the inputs that both searches share. */
import type { Tensor } from '../onnx/runtime.ts';
import { bool, float32, int64 } from '../onnx/tensors.ts';
import type { WhisperFacts } from './checkpoint/facts.ts';
import { NEVER } from './graphs/block.ts';
import { hiddenTensor } from './hidden.ts';
import { promptRows } from './prompt-rows.ts';
import type { DecodeRequest, Hidden } from './requests.ts';

export interface SearchInputs {
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** New tokens that each window may have at most. */
  readonly limits: readonly number[];
}

export function searchInputs(facts: WhisperFacts, hidden: Hidden, request: DecodeRequest): SearchInputs {
  const { prompts, timestamps } = request;
  checkPrompts(facts, hidden, prompts);
  const { prompt, padding, place } = promptRows(prompts, facts.tokens.eot);
  const picked = [
    ...prompts.map((tokens, row) => place(row, tokens.length - 1)),
    ...prompts.map((tokens, row) => place(row, tokens.indexOf(facts.tokens.sot))),
  ];
  // OpenAI: half of the context, and no token beyond the one that follows a full context.
  const limits = prompts.map(({ length }) => Math.min(request.maxTokens ?? Math.floor(facts.contextTokens / 2), facts.contextTokens + 1 - length));
  const { suppress, suppressFirst } = masks(facts, request);
  const earliest = prompts.map((_, row) => facts.tokens.timestampBegin + (request.from?.[row] ?? 0));
  const latest = earliest.map((token) => token + (request.maxInitialTimestamp ?? facts.maxInitialTimestamp));
  return {
    limits,
    feeds: {
      hidden: hiddenTensor(hidden),
      prompt,
      padding,
      picked: int64(picked, [picked.length]),
      maxTokens: int64([Math.max(...limits)], []),
      suppress: float32(suppress, [facts.vocabulary]),
      suppressFirst: float32(suppressFirst, [facts.vocabulary]),
      earliestFirst: int64(earliest, [earliest.length]),
      latestFirst: int64(latest, [latest.length]),
      rules: bool(timestamps),
    },
  };
}

function checkPrompts({ tokens, contextTokens }: WhisperFacts, { windows }: Hidden, prompts: DecodeRequest['prompts']): void {
  if (prompts.length !== windows || windows === 0) throw new RangeError(`${prompts.length} prompts for ${windows} windows.`);
  for (const prompt of prompts) {
    if (!prompt.includes(tokens.sot)) throw new RangeError('A prompt holds the token that starts a transcript.');
    if (prompt.length > contextTokens) throw new RangeError(`A prompt of ${prompt.length} tokens exceeds the context of ${contextTokens}.`);
  }
}

/** What is added to the logits: 0, or NEVER where a token may not come; [V] each. */
function masks(
  facts: WhisperFacts,
  { only, timestamps, suppress = facts.suppress }: DecodeRequest,
): { suppress: Float32Array; suppressFirst: Float32Array } {
  const mask = new Float32Array(facts.vocabulary);
  if (only) {
    mask.fill(NEVER);
    for (const id of only) mask[id] = 0;
    return { suppress: mask, suppressFirst: mask };
  }
  for (const id of suppress) mask[id] = NEVER;
  if (timestamps) mask[facts.tokens.noTimestamps] = NEVER;
  const first = mask.slice();
  for (const id of facts.suppressFirst) first[id] = NEVER;
  return { suppress: mask, suppressFirst: first };
}
