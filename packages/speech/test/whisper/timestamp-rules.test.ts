import { describe, expect, it } from 'vitest';
import { bool, float32, floats, int64, integers } from '../../src/onnx/tensors.ts';
import { readCheckpoint } from '../../src/whisper/checkpoint/checkpoint.ts';
import { allowedTokens, bestTokens, filteredLogits, tokenMasks } from '../../src/whisper/graphs/allowed-tokens.ts';
import { nextRuleState } from '../../src/whisper/graphs/timestamp-rules.ts';
import { buildAndOpen } from './built-graph.ts';
import { goldenFile, micro, readJson } from './golden.ts';

interface RuleCase {
  readonly case: number;
  readonly history: number[];
  readonly timestampBias: number;
  readonly allowedRanges: [from: number, to: number][];
  readonly argmax: number;
  readonly argmaxLogprob: number;
}

const { rules } = await readJson<{ rules: { cases: RuleCase[] } }>(goldenFile('micro/golden.json'));
const { facts } = readCheckpoint(micro);
const { tokens, vocabulary } = facts;

const COUNT = 5;

/** One token of history and the logits after it; the state goes round outside. */
const session = await buildAndOpen((g) => {
  const state = {
    lastWasStamp: g.input('lastWasStamp', 'bool', [1]),
    stampBefore: g.input('stampBefore', 'bool', [1]),
    lowest: g.input('lowest', 'int64', [1]),
  };
  const first = g.input('first', 'bool', []);
  const input = { state, first, rules: g.input('rules', 'bool', []), highest: g.input('highest', 'int64', [1]), tokens, vocabulary };
  const nothing = g.op('Expand', [g.float(0), g.ints(vocabulary)]);
  const masks = tokenMasks(g, { suppress: nothing, suppressFirst: nothing }, { first, eot: tokens.eot, vocabulary });
  const allowed = allowedTokens(g, g.input('logits', 'float32', [1, vocabulary]), {
    ...input,
    masks,
    rows: g.ints(1),
    count: g.ints(COUNT),
  });
  g.output('filtered', filteredLogits(g, allowed, tokens.eot), { type: 'float32', dims: [1, vocabulary] });
  const best = bestTokens(g, allowed, { count: g.ints(COUNT), eot: tokens.eot });
  g.output('best', best.tokens, { type: 'int64', dims: [1, COUNT] });
  g.output('logProbs', best.logProbs, { type: 'float32', dims: [1, COUNT] });
  const next = nextRuleState(g, g.input('token', 'int64', [1]), input);
  g.output('lastWasStampNext', next.lastWasStamp, { type: 'bool', dims: [1] });
  g.output('stampBeforeNext', next.stampBefore, { type: 'bool', dims: [1] });
  g.output('lowestNext', next.lowest, { type: 'int64', dims: [1] });
});

const flag = (value: boolean) => bool(value).reshape([1]);

interface Left {
  readonly filtered: Float32Array;
  /** The most probable tokens, best first. */
  readonly best: readonly { readonly token: number; readonly logProb: number }[];
}

async function left(history: readonly number[], logits: Float32Array, on: boolean): Promise<Left> {
  let state = { lastWasStamp: flag(false), stampBefore: flag(true), lowest: int64([tokens.timestampBegin], [1]) };
  const shared = {
    logits: float32(logits, [1, vocabulary]),
    rules: bool(on),
  };
  const highest = (first: boolean) => int64([first ? tokens.timestampBegin + facts.maxInitialTimestamp : vocabulary], [1]);
  for (const [index, token] of history.entries()) {
    const out = await session.run({ ...shared, ...state, first: bool(index === 0), highest: highest(index === 0), token: int64([token], [1]) });
    const asFlag = (name: string) => flag(Boolean((out[name] as { data: Uint8Array }).data[0]));
    state = {
      lastWasStamp: asFlag('lastWasStampNext'),
      stampBefore: asFlag('stampBeforeNext'),
      lowest: int64([Number(integers(out, 'lowestNext')[0])], [1]),
    };
  }
  const out = await session.run({
    ...shared,
    ...state,
    first: bool(history.length === 0),
    highest: highest(history.length === 0),
    token: int64([0], [1]),
  });
  const logProbs = floats(out, 'logProbs');
  return {
    filtered: floats(out, 'filtered'),
    best: Array.from(integers(out, 'best'), (token, rank) => ({ token: Number(token), logProb: logProbs[rank] ?? 0 })),
  };
}

/** The logits of a case as the reference computed them, with what is never allowed. */
function logitsOf({ case: number, timestampBias, history }: RuleCase): Float32Array {
  const logits = Float32Array.from(
    { length: vocabulary },
    (_, id) => 4 * Math.sin(0.37 * id + number) + (id % 7) * 0.1 + (id >= tokens.timestampBegin ? timestampBias : 0),
  );
  for (const id of [...facts.suppress, tokens.noTimestamps, ...(history.length === 0 ? facts.suppressFirst : [])])
    logits[id] = (logits[id] ?? 0) - 1e30;
  return logits;
}

const ranges = (values: Float32Array): [number, number][] => {
  const found: [number, number][] = [];
  for (const [id, value] of values.entries()) {
    if (value < -1e20) continue;
    const last = found.at(-1);
    if (last?.[1] === id - 1) last[1] = id;
    else found.push([id, id]);
  }
  return found;
};

describe('the rules for timestamps', () => {
  it.each(rules.cases.map((golden) => [golden.history.join(' ') || 'nothing', golden] as const))(
    'after %s leave the tokens that OpenAI’s filters leave',
    async (_, golden) => {
      const { filtered, best } = await left(golden.history, logitsOf(golden), true);
      expect(ranges(filtered)).toEqual(golden.allowedRanges);
      expect(best[0]?.token).toBe(golden.argmax);
      expect(best[0]?.logProb).toBeCloseTo(golden.argmaxLogprob, 4);
      const sorted = Array.from(filtered, (logit, token) => ({ token, logit })).sort((a, b) => b.logit - a.logit || a.token - b.token);
      const total = Math.log(sorted.reduce((sum, { logit }) => sum + Math.exp(logit - (sorted[0]?.logit ?? 0)), 0));
      for (const [rank, { token, logProb }] of best.entries()) {
        expect(token).toBe(sorted[rank]?.token);
        expect(logProb).toBeCloseTo((sorted[rank]?.logit ?? 0) - (sorted[0]?.logit ?? 0) - total, 4);
      }
    },
  );

  it('leave everything as it was where they are off', async () => {
    const logits = logitsOf(rules.cases[4] as RuleCase);
    expect((await left([tokens.timestampBegin, 300], logits, false)).filtered).toEqual(logits);
  });
});
