/** One pass of the decoder over the T new tokens of each row. The prompt goes through the same nodes as every later token. */
import { elementTypes } from '../../onnx/element-types.ts';
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { type Block, floatWeight, sizes, toFloat32 } from './block.ts';
import type { CrossCache } from './cross-cache.ts';
import { type AlignmentWindow, decoderCrossAttention } from './decoder-cross-attention.ts';
import { decoderSelfAttention, type SelfCache } from './decoder-self-attention.ts';
import { feedForward } from './feed-forward.ts';
import { stepPositions, type TextState } from './step-positions.ts';

export interface PassInput {
  /** [R, T] int64. */
  readonly tokens: Value;
  readonly text: TextState;
  readonly cross: readonly CrossCache[];
  /** Of the tokens before this part of the steps, and in it. */
  readonly held: readonly SelfCache[];
  readonly past: readonly SelfCache[];
  readonly alignment: AlignmentWindow | null;
}

export interface PassOutput {
  /** [R T, D] */
  readonly x: Value;
  readonly caches: readonly SelfCache[];
  readonly text: TextState;
  /** [B, alignment heads, rows, frames] float32. */
  readonly scores: Value | null;
}

export function decoderPass(block: Block, { tokens, text, cross, held, past, alignment }: PassInput): PassOutput {
  const { g, formats } = block;
  const [firstCross] = cross;
  if (!firstCross) throw new RangeError('A decoder has at least one layer.');
  const windows = sizes(g, firstCross.format === 'float' ? firstCross.values : firstCross.values.codes, [0, 1]);
  const { positions, bounds, mask, text: after } = stepPositions(block, tokens, { ...text, windows });
  let x = embed(block, tokens, positions);
  const caches: SelfCache[] = [];
  const scores: Value[] = [];
  for (const [layer, cache] of cross.entries()) {
    const name = `decoder.layers.${layer}`;
    const self = decoderSelfAttention(block, x, { name, held: held[layer] as SelfCache, past: past[layer] as SelfCache, mask, bounds });
    const attended = decoderCrossAttention(block, self.x, { layer, cache, windows, alignment });
    x = feedForward(block, attended.x, { name, format: formats.decoder, mixes: true });
    caches.push(self.cache);
    if (attended.scores) scores.push(attended.scores);
  }
  return { x, caches, text: after, scores: scores.length > 0 ? toFloat32(block, joined(g, scores)) : null };
}

/** tokens [R, T] → [R T, D] */
function embed(block: Block, tokens: Value, positions: Value): Value {
  const { g, formats, dimensions } = block;
  // A table may be narrower than what is computed with.
  const type = formats.float === 'float16' ? 'float16' : formats.embedding;
  const rows = g.op('Gather', [floatWeight(block, 'decoder.embed_tokens.weight', { type }), tokens]);
  const words = type === formats.float ? rows : g.op('Cast', [rows], { to: elementTypes.float32 });
  const places = g.op('Gather', [floatWeight(block, 'decoder.embed_positions.weight'), positions]);
  return g.op('Reshape', [g.op('Add', [words, places]), g.ints(-1, dimensions.width)]);
}

const joined = (g: GraphBuilder, parts: readonly Value[]): Value => (parts.length === 1 ? (parts[0] as Value) : g.op('Concat', parts, { axis: 1 }));
