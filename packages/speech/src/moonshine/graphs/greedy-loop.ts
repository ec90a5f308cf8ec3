/** The whole decoding of a batch as one graph: one token per window and step, always the most probable one. */
import { elementTypes } from '../../onnx/element-types.ts';
import { GraphBuilder, type Value } from '../../onnx/graph-builder.ts';
import { type Carried, loop } from '../../onnx/loop.ts';
import { withinModel } from '../../onnx/weight-store.ts';
import { ALIGNMENT_HEADS, HEAD_SIZE, HEADS, LAYERS, MOST_TOKENS, WIDTH } from '../constants.ts';
import type { DecoderWeights } from '../decoder-weights.ts';
import { BEGIN, END } from '../vocabulary.ts';
import { type Block, layerNorm } from './block.ts';
import { type CrossCache, crossAttention, crossCaches } from './cross-attention.ts';
import { feedForward } from './feed-forward.ts';
import { embed, vocabularyHead } from './linear.ts';
import { type SelfCache, selfAttention } from './self-attention.ts';

/** Added to scores that must not count. */
const HIDDEN_SCORE = -1e9;

/**
 * Inputs: `hidden` [B, S, D], `frames` [B] = encoder positions of each window, `limits` [B] = tokens that each may have.
 * Outputs, with N steps: `tokens` [N, B] (the end token once a row has ended), `logProbs` [N, B] (0 from then on),
 * `scores` [N, B, heads, S]: masked q·K of the alignment heads. Returns the model file, weights included.
 */
export function greedyGraph(weights: DecoderWeights): Uint8Array {
  const g = new GraphBuilder('moonshine', withinModel);
  const block: Block = { g, weights };
  const hidden = g.input('hidden', 'float32', ['B', 'S', WIDTH]);
  const frames = g.input('frames', 'int64', ['B']);
  const limits = g.input('limits', 'int64', ['B']);
  const cross = crossCaches(block, hidden);
  const mask = maskOf(g, hidden, frames);
  const { scans } = loop(g, {
    limit: g.int(MOST_TOKENS),
    state: initialState(g, frames),
    step: (body, index, now) => {
      const pass = decoderPass({ g: body, weights }, { tokens: now.tokens, index, cross, mask, past: pastOf(now) });
      const chosen = body.op('ArgMax', [pass.logits], { axis: 1, keepdims: 0 });
      const token = body.op('Where', [now.done, body.int(END), chosen]); // [B]
      const full = body.op('GreaterOrEqual', [body.op('Add', [index, body.int(1)]), limits]);
      const done = body.op('Or', [body.op('Or', [now.done, full]), body.op('Equal', [token, body.int(END)])]);
      const logProb = body.op('Where', [now.done, body.float(0), logProbability(body, pass.logits)]);
      return {
        proceed: body.op('Not', [all(body, done)]),
        state: { tokens: token, done, ...cacheState(pass.caches) },
        scans: [
          { value: token, type: 'int64', dims: [null] },
          { value: logProb, type: 'float32', dims: [null] },
          { value: pass.scores, type: 'float32', dims: [null, ALIGNMENT_HEADS.length, null] },
        ],
      };
    },
  });
  const [tokens, logProbs, scores] = scans as [Value, Value, Value];
  g.output('tokens', tokens, { type: 'int64', dims: ['N', 'B'] });
  g.output('logProbs', logProbs, { type: 'float32', dims: ['N', 'B'] });
  g.output('scores', scores, { type: 'float32', dims: ['N', 'B', ALIGNMENT_HEADS.length, 'S'] });
  return g.model();
}

interface Pass {
  /** [B] int64 */
  readonly tokens: Value;
  /** int64 [] */
  readonly index: Value;
  readonly cross: readonly CrossCache[];
  readonly mask: Value;
  readonly past: readonly SelfCache[];
}

/** One token of each row through all layers: `logits` [B, V], `scores` [B, alignment heads, S]. */
function decoderPass(block: Block, { tokens, index, cross, mask, past }: Pass): { logits: Value; scores: Value; caches: SelfCache[] } {
  const { g } = block;
  const position = g.op('Unsqueeze', [index, g.ints(0)]);
  const caches: SelfCache[] = [];
  const scores: Value[] = [];
  let x = embed(block, tokens, WIDTH);
  for (const [layer, cache] of cross.entries()) {
    const self = selfAttention(block, x, { layer, past: past[layer] as SelfCache, position });
    const attended = crossAttention(block, self.x, { layer, cache, mask });
    x = feedForward(block, attended.x, layer);
    caches.push(self.cache);
    if (attended.scores) scores.push(attended.scores);
  }
  const logits = vocabularyHead(block, layerNorm(block, x, 'norm'), WIDTH);
  return { logits, scores: g.op('Concat', scores, { axis: 1 }), caches };
}

type Names = 'tokens' | 'done' | `keys${number}` | `values${number}`;

function initialState(g: GraphBuilder, frames: Value): Record<Names, Carried> {
  const windows = g.op('Shape', [frames]);
  const shape = g.op('Concat', [windows, g.ints(HEADS, 0, HEAD_SIZE)], { axis: 0 });
  const cache: Carried = { initial: g.op('Expand', [g.float(0), shape]), type: 'float32', dims: [null, HEADS, null, HEAD_SIZE] };
  const caches = Array.from({ length: LAYERS }, (_, layer) => [[`keys${layer}`, cache] as const, [`values${layer}`, cache] as const]).flat();
  return {
    tokens: { initial: g.op('Expand', [g.ints(BEGIN), windows]), type: 'int64', dims: [null] },
    done: { initial: g.op('Expand', [g.constant('bool', [1], [0]), windows]), type: 'bool', dims: [null] },
    ...Object.fromEntries(caches),
  };
}

const pastOf = (state: Readonly<Record<Names, Value>>): SelfCache[] =>
  Array.from({ length: LAYERS }, (_, layer) => ({ keys: state[`keys${layer}`] as Value, values: state[`values${layer}`] as Value }));

const cacheState = (caches: readonly SelfCache[]): Record<`keys${number}` | `values${number}`, Value> =>
  Object.assign({}, ...caches.map(({ keys, values }, layer) => ({ [`keys${layer}`]: keys, [`values${layer}`]: values })));

/** [B, 1, 1, S] */
function maskOf(g: GraphBuilder, hidden: Value, frames: Value): Value {
  const size = g.op('Squeeze', [g.op('Shape', [hidden], { start: 1, end: 2 })]);
  const positions = g.op('Range', [g.int(0), size, g.int(1)]); // [S]
  const heard = g.op('Less', [positions, g.op('Unsqueeze', [frames, g.ints(1, 2, 3)])]);
  return g.op('Where', [heard, g.float(0), g.float(HIDDEN_SCORE)]);
}

/** Of the most probable token: logits [B, V] → [B]. */
function logProbability(g: GraphBuilder, logits: Value): Value {
  const largest = g.op('ReduceMax', [logits, g.ints(-1)], { keepdims: 1 });
  const sum = g.op('ReduceSum', [g.op('Exp', [g.op('Sub', [logits, largest])]), g.ints(-1)], { keepdims: 0 });
  return g.op('Neg', [g.op('Log', [sum])]);
}

/** Bool [n] → bool []. */
function all(g: GraphBuilder, conditions: Value): Value {
  const numbers = g.op('Cast', [conditions], { to: elementTypes.int32 });
  return g.op('Cast', [g.op('ReduceMin', [numbers, g.ints(0)], { keepdims: 0 })], { to: elementTypes.bool });
}
