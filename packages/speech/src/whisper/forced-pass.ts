/** Given tokens, read by the decoder in one step: raw logits and alignment scores of all of them. */
import type { InferenceSession } from '../onnx/runtime.ts';
import { bool, dimsOf, float32, floats, int64 } from '../onnx/tensors.ts';
import type { WhisperFacts } from './checkpoint/facts.ts';
import { extraFeeds } from './greedy-search.ts';
import { hiddenTensor } from './hidden.ts';
import { promptRows } from './prompt-rows.ts';
import type { AlignmentScores, ForcedRow, ForceRequest, Hidden } from './requests.ts';

export interface ForcedInput {
  readonly facts: WhisperFacts;
  readonly hidden: Hidden;
  readonly request: ForceRequest;
  readonly alignmentFrames: number;
}

type Outputs = InferenceSession.OnnxValueMapType;

export async function forceTokens(session: InferenceSession, { facts, hidden, request, alignmentFrames }: ForcedInput): Promise<ForcedRow[]> {
  const { sequences, logits = false } = request;
  checkSequences(facts, hidden, sequences);
  const { prompt, padding, place } = promptRows(sequences, facts.tokens.eot);
  const longest = Math.max(...sequences.map(({ length }) => length));
  // Padding has logits too; they are left out below.
  const everyPlace = Array.from({ length: sequences.length * longest }, (_, at) => at);
  const picked = logits ? everyPlace : sequences.map((tokens, row) => place(row, tokens.length - 1));
  const nothing = new Float32Array(facts.vocabulary);
  const bounds = sequences.map(() => facts.vocabulary);
  const outputs = await session.run(
    {
      hidden: hiddenTensor(hidden),
      prompt,
      padding,
      picked: int64(picked, [picked.length]),
      maxTokens: int64([1], []),
      suppress: float32(nothing, [facts.vocabulary]),
      suppressFirst: float32(nothing, [facts.vocabulary]),
      earliestFirst: int64(bounds, [bounds.length]),
      latestFirst: int64(bounds, [bounds.length]),
      rules: bool(false),
      sampled: bool(false),
      temperature: float32(Float32Array.of(0), []),
      draws: float32(new Float32Array(sequences.length), [1, sequences.length]),
      ...extraFeeds({ alignmentRows: longest, alignmentFrames, logitRows: logits ? everyPlace.length : 0 }),
    },
    [...(logits ? ['logits'] : []), ...(alignmentFrames > 0 ? ['scores'] : []), 'tokens'],
  );
  return sequences.map((tokens, row) => ({
    ...(logits && { logits: logitsOf(outputs, (row + 1) * longest, tokens.length) }),
    ...(alignmentFrames > 0 && { alignment: scoresOf(outputs, row, tokens.length) }),
  }));
}

function checkSequences({ contextTokens }: WhisperFacts, { windows }: Hidden, sequences: ForceRequest['sequences']): void {
  if (sequences.length !== windows || windows === 0) throw new RangeError(`${sequences.length} sequences for ${windows} windows.`);
  for (const { length } of sequences) {
    if (length === 0 || length > contextTokens) throw new RangeError(`A sequence has 1 to ${contextTokens} tokens, not ${length}.`);
  }
}

/** logits [1, rows, V] → the last `tokens` rows before `end`, [tokens, V]: padding stands before the tokens. */
function logitsOf(outputs: Outputs, end: number, tokens: number): Float32Array {
  const [, , vocabulary = 0] = dimsOf(outputs, 'logits');
  return floats(outputs, 'logits').slice((end - tokens) * vocabulary, end * vocabulary);
}

/** scores [1, B, heads, longest, frames] → [tokens, heads, frames]. */
function scoresOf(outputs: Outputs, row: number, tokens: number): AlignmentScores {
  const all = floats(outputs, 'scores');
  const [, , heads = 0, longest = 0, frames = 0] = dimsOf(outputs, 'scores');
  const scores = new Float32Array(tokens * heads * frames);
  for (let head = 0; head < heads; head += 1) {
    for (let token = 0; token < tokens; token += 1) {
      const from = ((row * heads + head) * longest + longest - tokens + token) * frames;
      scores.set(all.subarray(from, from + frames), (token * heads + head) * frames);
    }
  }
  return { scores, heads, frames };
}
