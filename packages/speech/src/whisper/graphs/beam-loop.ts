/**
 * Beam search of a batch as one graph. Only the candidates of each step leave it, best first; the texts are put together outside.
 * K = beams, C = 2 K candidates: of the K rows of a window at most K candidates end, so that K live ones are always among C.
 */
import { elementTypes } from '../../onnx/element-types.ts';
import { GraphBuilder, type Value } from '../../onnx/graph-builder.ts';
import type { Carried } from '../../onnx/loop.ts';
import { type Each, narrowingLoop } from '../../onnx/narrowing-loop.ts';
import type { WeightFile } from '../../onnx/weight-file.ts';
import { allowedTokens, type BestTokens, bestTokens, openPart } from './allowed-tokens.ts';
import { type Block, column, type GraphSource, sizes } from './block.ts';
import { crossCaches, mapCaches } from './cross-cache.ts';
import { cacheState, cachesOf, type DecodeInputs, decodeInputs, emptyCaches, everyRow, initialState, nothing, PART } from './decode-state.ts';
import { decoderPass } from './decoder-pass.ts';
import { noSpeechProbability } from './no-speech.ts';
import { nextRuleState } from './timestamp-rules.ts';
import { vocabularyHead } from './vocabulary-head.ts';

/**
 * Inputs beside those of every search: `beams` [1] int64, `wanted` [] int64 (the search of a window ends with so many ended texts).
 * Outputs, with N steps: `candidates` [N, B, C] int64 tokens, `parents` [N, B, C] int64 (which live text of the step before),
 * `sums` [N, B, C] float32 log-probabilities of the whole text, `noSpeech` [B].
 */
export function beamGraph(source: GraphSource, file: WeightFile): Uint8Array {
  const g = new GraphBuilder('beam', file);
  const block: Block = { ...source, g };
  const { tokens, dimensions } = source;
  const { vocabulary, decoder } = dimensions;
  const inputs = decodeInputs(block);
  const beams = g.input('beams', 'int64', [1]);
  const wanted = g.input('wanted', 'int64', []);
  const cross = crossCaches(block, inputs.hidden);
  const windows = sizes(g, inputs.hidden, [0, 1]);
  const count = g.op('Mul', [beams, g.ints(2)]); // [C]
  const scans = narrowingLoop(g, {
    limit: inputs.maxTokens,
    steps: PART,
    windows,
    rows: beams,
    grown: emptyCaches(block, inputs.hidden),
    scans: (outer, present) => noSteps(outer, present, count),
    open: (outer, first) => openPart(outer, inputs, { first, tokens, vocabulary }),
    ownOf: (outer, present) => mapCaches(cross, (value) => outer.op('Gather', [value, present], { axis: 0 })),
    state: beforeBeams(block, inputs, windows),
    step: (body, now, { held, opened: { first, masks, highest }, own, windows: present }) => {
      const inner: Block = { ...block, g: body };
      const caches = { held: cachesOf(held, decoder.layers), past: cachesOf(now, decoder.layers) };
      const pass = decoderPass(inner, { tokens: now.tokens, text: now, cross: own, ...caches, alignment: null });
      const logits = vocabularyHead(inner, pass.x, now.picked); // [n R, V]
      const rows = sizes(body, now.tokens, [0, 1]);
      const ruled = { state: now, first, rules: inputs.rules, highest, tokens, vocabulary };
      const allowed = allowedTokens(body, logits, { ...ruled, masks, rows, count });
      const best = bestTokens(body, allowed, { count, eot: tokens.eot });
      const found = candidatesOf(body, best, { sums: now.sums, windows: present, count });
      const next = survivors(body, found, { beams, eot: tokens.eot });
      const from = body.op('Reshape', [body.op('Add', [next.parents, firstRows(body, now.tokens, present)]), body.ints(-1)]); // [B K]
      const take = (value: Value) => body.op('Gather', [value, from], { axis: 0 });
      const token = body.op('Reshape', [next.tokens, body.ints(-1)]);
      const taken = { lastWasStamp: take(now.lastWasStamp), stampBefore: take(now.stampBefore), lowest: take(now.lowest) };
      const ended = body.op('Add', [now.ended, next.ended]);
      return {
        live: body.op('Less', [ended, wanted]),
        state: {
          tokens: column(body, token),
          picked: everyRow(body, body.op('Squeeze', [body.op('Shape', [token])])),
          ...nextRuleState(body, token, { ...ruled, state: taken }),
          ...cacheState(pass.caches),
          next: take(pass.text.next),
          own: take(pass.text.own),
          sums: body.op('Reshape', [next.sums, body.ints(-1)]),
          ended,
        },
        scans: [
          { value: found.tokens, type: 'int64', dims: [null, null] },
          { value: found.parents, type: 'int64', dims: [null, null] },
          { value: found.sums, type: 'float32', dims: [null, null] },
          { value: noSpeechProbability(body, logits, { first, windows: present, token: tokens.noSpeech }), type: 'float32', dims: [null] },
        ],
      };
    },
  });
  const [candidates, parents, sums, noSpeech] = scans as [Value, Value, Value, Value];
  g.output('candidates', candidates, { type: 'int64', dims: ['N', 'B', 'C'] });
  g.output('parents', parents, { type: 'int64', dims: ['N', 'B', 'C'] });
  g.output('sums', sums, { type: 'float32', dims: ['N', 'B', 'C'] });
  g.output('noSpeech', g.op('Gather', [noSpeech, g.int(0)], { axis: 0 }), { type: 'float32', dims: ['B'] });
  return g.model();
}

interface Candidates {
  /** [B, C] each, or [B, K] of those that live on; best first. */
  readonly tokens: Value;
  readonly parents: Value;
  readonly sums: Value;
}

/** One row per window, which becomes K of them. */
function beforeBeams(block: Block, inputs: DecodeInputs, windows: Value) {
  const { g } = block;
  const { picked, ...texts } = initialState(block, inputs);
  const each = <Name extends string>(state: Record<Name, Carried>, of: Each['of']) =>
    Object.fromEntries(Object.entries<Carried>(state).map(([name, carried]) => [name, { ...carried, of }])) as Record<Name, Each>;
  const filled = (value: Value) => g.op('Expand', [value, windows]);
  const sums: Carried = { initial: filled(g.constant('float32', [1], [0])), type: 'float32', dims: [null] };
  const ended: Carried = { initial: filled(g.ints(0)), type: 'int64', dims: [null] };
  return { ...each({ ...texts, sums }, 'row'), ...each({ picked }, 'number'), ...each({ ended }, 'window') };
}

/** Tokens, parents, sums and the probability that nothing is said, before the first step. */
function noSteps(g: GraphBuilder, windows: Value, count: Value): Carried[] {
  const shape = g.op('Concat', [windows, count], { axis: 0 });
  const candidates = (type: 'int64' | 'float32'): Carried => ({ initial: nothing(g, type, shape), type, dims: [null, null, null] });
  const noSpeech: Carried = { initial: nothing(g, 'float32', windows), type: 'float32', dims: [null, null] };
  return [candidates('int64'), candidates('int64'), candidates('float32'), noSpeech];
}

/** The C best continuations of each window, of the C best of each row. */
function candidatesOf(g: GraphBuilder, best: BestTokens, { sums, windows, count }: { sums: Value; windows: Value; count: Value }): Candidates {
  const perWindow = g.op('Concat', [windows, g.ints(-1)], { axis: 0 });
  const scored = g.op('Reshape', [g.op('Add', [best.logProbs, column(g, sums)]), perWindow]);
  const [kept, places] = g.ops('TopK', [scored, count], { axis: 1, outputs: 2 }) as [Value, Value]; // [B, C]
  const tokens = g.op('GatherElements', [g.op('Reshape', [best.tokens, perWindow]), places], { axis: 1 });
  return { tokens, parents: g.op('Div', [places, count]), sums: kept };
}

/** The first K candidates that do not end, and how many of those before them end: [B]. */
function survivors(g: GraphBuilder, found: Candidates, { beams, eot }: { beams: Value; eot: number }): Candidates & { readonly ended: Value } {
  const int = (value: Value) => g.op('Cast', [value], { to: elementTypes.int64 });
  const ends = g.op('Equal', [found.tokens, g.int(eot)]);
  const lives = g.op('Not', [ends]);
  const rank = g.op('CumSum', [int(lives), g.int(1)]); // [B, C]: 1 for the first that lives
  const counted = g.op('And', [ends, g.op('Less', [rank, beams])]);
  const order = g.op('Where', [lives, g.op('Neg', [rank]), g.int(-(2 ** 31))]);
  const [, places] = g.ops('TopK', [order, beams], { axis: 1, outputs: 2 }) as [Value, Value];
  const pick = (value: Value) => g.op('GatherElements', [value, places], { axis: 1 }); // [B, K]
  return {
    tokens: pick(found.tokens),
    parents: pick(found.parents),
    sums: pick(found.sums),
    ended: g.op('ReduceSum', [int(counted), g.ints(1)], { keepdims: 0 }),
  };
}

/** Where the rows of each window begin, [B, 1]: one row per window in the first step, K later. */
function firstRows(g: GraphBuilder, tokens: Value, windows: Value): Value {
  const each = g.op('Div', [sizes(g, tokens, [0, 1]), windows]);
  const indexes = g.op('Range', [g.int(0), g.op('Squeeze', [windows]), g.int(1)]);
  return g.op('Mul', [column(g, indexes), each]);
}
