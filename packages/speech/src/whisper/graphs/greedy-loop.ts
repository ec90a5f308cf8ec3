/**
 * The whole decoding of a batch as one graph: one token per window and step, the most probable one or a sampled one.
 * With a limit of one step it reads given tokens: the logits and scores of all of them come out.
 */
import { GraphBuilder, type Value } from '../../onnx/graph-builder.ts';
import { loop, type Scanned } from '../../onnx/loop.ts';
import type { WeightFile } from '../../onnx/weight-file.ts';
import { type Block, column, type GraphSource, size, sizes } from './block.ts';
import { crossCaches } from './cross-cache.ts';
import { any, cacheState, decodeInputs, everyRow, initialState, pastOf } from './decode-state.ts';
import { decoderPass } from './decoder-pass.ts';
import { logSumExp } from './log-sum-exp.ts';
import { nextToken } from './next-token.ts';
import { noSpeechProbability } from './no-speech.ts';
import { nextRuleState, timestampRules } from './timestamp-rules.ts';
import { vocabularyHead } from './vocabulary-head.ts';

/**
 * Inputs beside those of every search: `sampled` [], `temperature` [], `draws` [N, B] (0 ≤ u < 1), `alignmentStart` [2], `alignmentEnd` [2], `logitRows` [1].
 * What decides about branches and slices comes as it is used: computed here it would go to the GPU and back at every step.
 * Outputs, with N steps: `tokens` [N, B], `logProbs` [N, B] (0 once a row has ended), `noSpeech` [B],
 * `logits` [N, B, logitRows, V], `scores` [N, B, heads, alignmentRows, alignmentFrames].
 */
export function greedyGraph(source: GraphSource, file: WeightFile): Uint8Array {
  const g = new GraphBuilder('greedy', file);
  const block: Block = { ...source, g };
  const { tokens, dimensions, alignmentHeads } = source;
  const { vocabulary, decoder } = dimensions;
  const inputs = decodeInputs(block);
  const extra = extraInputs(g);
  const cross = crossCaches(block, inputs.hidden);
  const windows = size(g, inputs.hidden, 0);
  const done = g.op('Expand', [g.constant('bool', [1], [0]), sizes(g, inputs.hidden, [0, 1])]);
  const { state, scans } = loop(g, {
    limit: inputs.maxTokens,
    state: { ...initialState(block, inputs), done: { initial: done, type: 'bool', dims: [null] } },
    step: (body, index, now) => {
      const inner: Block = { ...block, g: body };
      const first = body.op('Equal', [index, body.int(0)]);
      const pass = decoderPass(inner, {
        tokens: now.tokens,
        padding: inputs.padding,
        cross,
        past: pastOf(now, decoder.layers),
        alignment: extra.alignment,
      });
      const logits = vocabularyHead(inner, pass.x, { picked: now.picked, rows: now.tokens }); // [B, n, V]
      const last = body.op('Gather', [logits, body.int(-1)], { axis: 1 });
      const ruled = { state: now, first, rules: inputs.rules, latestFirst: inputs.latestFirst, tokens, vocabulary };
      const suppressed = body.op('Add', [last, body.op('Where', [first, inputs.suppressFirst, inputs.suppress])]);
      const filtered = timestampRules(body, suppressed, ruled); // [B, V]
      const draw = body.op('Gather', [extra.draws, index], { axis: 0 });
      const chosen = nextToken(body, filtered, { sampled: extra.sampled, temperature: extra.temperature, draw });
      const token = body.op('Where', [now.done, body.int(tokens.eot), chosen]); // [B]
      const ended = body.op('Or', [now.done, body.op('Equal', [token, body.int(tokens.eot)])]);
      return {
        proceed: any(body, body.op('Not', [ended])),
        state: {
          tokens: column(body, token),
          picked: everyRow(body, windows),
          ...nextRuleState(body, token, ruled),
          noSpeech: noSpeechProbability(body, logits, { first, known: now.noSpeech, token: tokens.noSpeech }),
          ...cacheState(pass.caches),
          done: ended,
        },
        scans: [
          { value: token, type: 'int64', dims: [null] },
          { value: logProbability(body, filtered, { token, done: now.done }), type: 'float32', dims: [null] },
          { value: body.op('Slice', [logits, body.ints(0), extra.logitRows, body.ints(1)]), type: 'float32', dims: [null, null, vocabulary] },
          ...(pass.scores ? [{ value: pass.scores, type: 'float32', dims: [null, alignmentHeads.length, null, null] } satisfies Scanned] : []),
        ],
      };
    },
  });
  const [chosen, logProbs, logits, scores] = scans as [Value, Value, Value, Value?];
  g.output('tokens', chosen, { type: 'int64', dims: ['N', 'B'] });
  g.output('logProbs', logProbs, { type: 'float32', dims: ['N', 'B'] });
  g.output('noSpeech', state.noSpeech, { type: 'float32', dims: ['B'] });
  g.output('logits', logits, { type: 'float32', dims: ['N', 'B', 'logitRows', vocabulary] });
  if (scores) g.output('scores', scores, { type: 'float32', dims: ['N', 'B', alignmentHeads.length, 'alignmentRows', 'alignmentFrames'] });
  return g.model();
}

const extraInputs = (g: GraphBuilder) => ({
  sampled: g.input('sampled', 'bool', []),
  temperature: g.input('temperature', 'float32', []),
  draws: g.input('draws', 'float32', ['N', 'B']),
  alignment: { start: g.input('alignmentStart', 'int64', [2]), end: g.input('alignmentEnd', 'int64', [2]) },
  logitRows: g.input('logitRows', 'int64', [1]),
});

/** Of `token` [B] among the filtered logits [B, V]; 0 where the row had ended before. */
function logProbability(g: GraphBuilder, filtered: Value, { token, done }: { token: Value; done: Value }): Value {
  const chosen = g.op('GatherElements', [filtered, column(g, token)], { axis: 1 });
  const value = g.op('Squeeze', [g.op('Sub', [chosen, logSumExp(g, filtered)]), g.ints(1)]);
  return g.op('Where', [done, g.float(0), value]);
}
