import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/onnx/graph-builder.ts';
import { bool, float32, floats, integers } from '../../src/onnx/tensors.ts';
import { readCheckpoint } from '../../src/whisper/checkpoint/checkpoint.ts';
import { drawNumbers } from '../../src/whisper/draws.ts';
import { allowedTokens, tokenMasks } from '../../src/whisper/graphs/allowed-tokens.ts';
import { NEVER } from '../../src/whisper/graphs/block.ts';
import { nextToken } from '../../src/whisper/graphs/next-token.ts';
import { buildAndOpen } from './built-graph.ts';
import { micro } from './golden.ts';

const logits = [1.2, NEVER, 0.3, -0.7, 2.1, NEVER, -3, 0.9];
/** Text, one that is neither text nor time, and two timestamps. */
const tokens = { ...readCheckpoint(micro).facts.tokens, eot: 5, timestampBegin: 6 };
const session = await buildAndOpen((g) => {
  const sampling = {
    sampled: g.input('sampled', 'bool', []),
    temperature: g.input('temperature', 'float32', []),
    draw: g.input('draw', 'float32', ['R']),
  };
  const all = g.input('logits', 'float32', ['R', logits.length]);
  const rows = g.op('Shape', [all], { start: 0, end: 1 });
  const nothing = g.op('Expand', [g.float(0), g.ints(logits.length)]);
  const of = (value: Value) => g.op('Expand', [value, rows]);
  const first = g.constant('bool', [], [0]);
  const allowed = allowedTokens(g, all, {
    masks: tokenMasks(g, { suppress: nothing, suppressFirst: nothing }, { ...tokens, first, vocabulary: logits.length }),
    rows,
    count: g.ints(1),
    state: { lastWasStamp: of(g.constant('bool', [1], [0])), stampBefore: of(g.constant('bool', [1], [0])), lowest: of(g.ints(0)) },
    first,
    rules: g.constant('bool', [], [0]),
    highest: g.ints(0),
    tokens,
    vocabulary: logits.length,
  });
  const { token, logProb } = nextToken(g, allowed, { ...sampling, eot: tokens.eot });
  g.output('token', token, { type: 'int64', dims: ['R', 1] });
  g.output('logProb', logProb, { type: 'float32', dims: ['R', 1] });
});

async function next(temperature: number, draws: Float32Array): Promise<{ tokens: number[]; logProbs: Float32Array }> {
  const rows = Float32Array.from({ length: draws.length * logits.length }, (_, index) => logits[index % logits.length] ?? 0);
  const feeds = {
    logits: float32(rows, [draws.length, logits.length]),
    sampled: bool(temperature > 0),
    temperature: float32(Float32Array.of(temperature), []),
    draw: float32(draws, [draws.length]),
  };
  const out = await session.run(feeds);
  return { tokens: Array.from(integers(out, 'token'), Number), logProbs: floats(out, 'logProb') };
}

describe('the next token', () => {
  it('is the most probable one without a temperature', async () => {
    expect((await next(0, Float32Array.of(0, 0.99))).tokens).toEqual([4, 4]);
  });

  it.each([0.7, 1, 2])('comes as often as it is probable at temperature %d, and never where it may not', async (temperature) => {
    const rows = 20_000;
    const counts = logits.map(() => 0);
    const { tokens: drawn } = await next(
      temperature,
      drawNumbers(
        Array.from({ length: rows }, (_, seed) => seed),
        1,
      ),
    );
    for (const token of drawn) counts[token] = (counts[token] ?? 0) + 1;
    const weights = logits.map((logit) => Math.exp(logit / temperature));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [id, weight] of weights.entries()) {
      const probability = weight / total;
      // Four standard deviations of a count of independent draws.
      const room = 4 * Math.sqrt(rows * probability * (1 - probability));
      expect(Math.abs((counts[id] ?? 0) - rows * probability), `token ${id}`).toBeLessThanOrEqual(room);
    }
  });

  it('is one that may come, even for the smallest and the largest draw', async () => {
    expect((await next(1, Float32Array.of(0, (2 ** 22 - 1) / 2 ** 22))).tokens).toEqual([0, 7]);
  });
});

it.each([0, 1])('comes with its log-probability before the temperature, %d', async (temperature) => {
  const { tokens: drawn, logProbs } = await next(temperature, Float32Array.of(0, 0.2, 0.5, 0.9));
  const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  for (const [row, token] of drawn.entries()) expect(logProbs[row]).toBeCloseTo((logits[token] ?? 0) - total, 5);
});

describe('draws', () => {
  it('are those of their seed, whatever stands beside it', () => {
    const together = drawNumbers([7, 8, 9], 50);
    expect(Array.from({ length: 50 }, (_, step) => together[step * 3 + 1])).toEqual([...drawNumbers([8], 50)]);
    expect(together.every((value) => value >= 0 && value < 1)).toBe(true);
  });

  it('lie evenly along one seed too', () => {
    const draws = drawNumbers([0], 10_000);
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const inside = draws.filter((value) => value >= tenth / 10 && value < (tenth + 1) / 10).length;
      expect(Math.abs(inside - 1000)).toBeLessThan(4 * Math.sqrt(900));
    }
  });
});
