/**
 * The whole decoding of a batch as one graph: one token per window and step, the most probable one or a sampled one.
 * With a limit of one step it reads given tokens: the logits and scores of all of them come out.
 */
import { GraphBuilder, type Value } from '../../onnx/graph-builder.ts';
import { any, type Carried, type Scanned } from '../../onnx/loop.ts';
import { loopInParts } from '../../onnx/loop-in-parts.ts';
import type { WeightFile } from '../../onnx/weight-file.ts';
import { allowedTokens, openPart } from './allowed-tokens.ts';
import { type Block, column, type GraphSource, sizes, topRows } from './block.ts';
import { crossCaches } from './cross-cache.ts';
import { cacheState, cachesOf, decodeInputs, emptyCaches, everyRow, initialState, nothing, PART } from './decode-state.ts';
import { decoderPass } from './decoder-pass.ts';
import { nextToken } from './next-token.ts';
import { noSpeechProbability } from './no-speech.ts';
import { nextRuleState } from './timestamp-rules.ts';
import { vocabularyHead } from './vocabulary-head.ts';

/**
 * Inputs beside those of every search: `sampled` [], `temperature` [], `draws` [N, B] (0 ≤ u < 1), `alignmentStart` [2], `alignmentEnd` [2], `logitRows` [1].
 * What decides about branches and slices comes as it is used: computed here it would go to the GPU and back at every step.
 * Outputs, with N steps: `tokens` [N, B], `logProbs` [N, B] (0 once a row has ended), `noSpeech` [B],
 * `logits` [N, logitRows, V], `scores` [N, B, heads, alignmentRows, alignmentFrames].
 */
export function greedyGraph(source: GraphSource, file: WeightFile): Uint8Array {
  const g = new GraphBuilder('greedy', file);
  const block: Block = { ...source, g };
  const { tokens, dimensions, alignmentHeads } = source;
  const { vocabulary, decoder } = dimensions;
  const inputs = decodeInputs(block);
  const extra = extraInputs(g);
  const cross = crossCaches(block, inputs.hidden);
  const windows = sizes(g, inputs.hidden, [0, 1]);
  const rowCount = g.op('Squeeze', [windows]);
  const done = g.op('Expand', [g.constant('bool', [1], [0]), windows]);
  const { scans } = loopInParts(g, {
    limit: inputs.maxTokens,
    steps: PART,
    grown: emptyCaches(block, inputs.hidden),
    scans: noSteps(block, windows, extra),
    open: (outer, first) => openPart(outer, inputs, { first, tokens, vocabulary }),
    state: { ...initialState(block, inputs), done: { initial: done, type: 'bool', dims: [null] } },
    step: (body, now, { index, held, opened: { first, masks, highest } }) => {
      const inner: Block = { ...block, g: body };
      const pass = decoderPass(inner, {
        tokens: now.tokens,
        text: now,
        cross,
        held: cachesOf(held, decoder.layers),
        past: cachesOf(now, decoder.layers),
        alignment: extra.alignment,
      });
      const logits = vocabularyHead(inner, pass.x, now.picked); // [n B, V]
      const ruled = { state: now, first, rules: inputs.rules, highest, tokens, vocabulary };
      const allowed = allowedTokens(body, logits, { ...ruled, masks, rows: windows, count: body.ints(1) });
      const draw = body.op('Gather', [extra.draws, index], { axis: 0 });
      const next = nextToken(body, allowed, { sampled: extra.sampled, temperature: extra.temperature, draw, eot: tokens.eot });
      const flat = (value: Value) => body.op('Reshape', [value, body.ints(-1)]);
      const token = body.op('Where', [now.done, body.int(tokens.eot), flat(next.token)]); // [B]
      const logProb = body.op('Where', [now.done, body.float(0), flat(next.logProb)]);
      const ended = body.op('Or', [now.done, body.op('Equal', [token, body.int(tokens.eot)])]);
      return {
        proceed: any(body, body.op('Not', [ended])),
        state: {
          tokens: column(body, token),
          picked: everyRow(body, rowCount),
          ...nextRuleState(body, token, ruled),
          ...cacheState(pass.caches),
          ...pass.text,
          done: ended,
        },
        scans: [
          { value: token, type: 'int64', dims: [null] },
          { value: logProb, type: 'float32', dims: [null] },
          { value: noSpeechProbability(body, logits, { first, windows, token: tokens.noSpeech }), type: 'float32', dims: [null] },
          { value: topRows(body, logits, extra.logitRows), type: 'float32', dims: [null, vocabulary] },
          ...(pass.scores ? [{ value: pass.scores, type: 'float32', dims: [null, alignmentHeads.length, null, null] } satisfies Scanned] : []),
        ],
      };
    },
  });
  const [chosen, logProbs, noSpeech, logits, scores] = scans as [Value, Value, Value, Value, Value?];
  g.output('tokens', chosen, { type: 'int64', dims: ['N', 'B'] });
  g.output('logProbs', logProbs, { type: 'float32', dims: ['N', 'B'] });
  g.output('noSpeech', g.op('Gather', [noSpeech, g.int(0)], { axis: 0 }), { type: 'float32', dims: ['B'] });
  g.output('logits', logits, { type: 'float32', dims: ['N', 'logitRows', vocabulary] });
  if (scores) g.output('scores', scores, { type: 'float32', dims: ['N', 'B', alignmentHeads.length, 'alignmentRows', 'alignmentFrames'] });
  return g.model();
}

/** The scans before the first step. */
function noSteps({ g, dimensions, alignmentHeads }: Block, windows: Value, { alignment, logitRows }: ReturnType<typeof extraInputs>): Carried[] {
  const { vocabulary } = dimensions;
  const one = (type: 'int64' | 'float32'): Carried => ({ initial: nothing(g, type, windows), type, dims: [null, null] });
  const logits = nothing(g, 'float32', g.op('Concat', [logitRows, g.ints(vocabulary)], { axis: 0 }));
  const [rows, frames] = [
    g.op('Neg', [g.op('Slice', [alignment.start, g.ints(0), g.ints(1)])]),
    g.op('Slice', [alignment.end, g.ints(1), g.ints(2)]),
  ];
  const scores = nothing(g, 'float32', g.op('Concat', [windows, g.ints(alignmentHeads.length), rows, frames], { axis: 0 }));
  return [
    one('int64'),
    one('float32'),
    one('float32'),
    { initial: logits, type: 'float32', dims: [null, null, vocabulary] },
    ...(alignmentHeads.length > 0
      ? [{ initial: scores, type: 'float32', dims: [null, null, alignmentHeads.length, null, null] } satisfies Carried]
      : []),
  ];
}

const extraInputs = (g: GraphBuilder) => ({
  sampled: g.input('sampled', 'bool', []),
  temperature: g.input('temperature', 'float32', []),
  draws: g.input('draws', 'float32', ['N', 'B']),
  alignment: { start: g.input('alignmentStart', 'int64', [2]), end: g.input('alignmentEnd', 'int64', [2]) },
  logitRows: g.input('logitRows', 'int64', [1]),
});
