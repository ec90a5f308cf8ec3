import { describe, expect, it } from 'vitest';
import { bool, float32, integers } from '../../src/onnx/tensors.ts';
import { drawNumbers } from '../../src/whisper/draws.ts';
import { NEVER } from '../../src/whisper/graphs/block.ts';
import { nextToken } from '../../src/whisper/graphs/next-token.ts';
import { buildAndOpen } from './built-graph.ts';

const logits = [1.2, NEVER, 0.3, -0.7, 2.1, NEVER, -3, 0.9];
const session = await buildAndOpen((g) => {
  const sampling = {
    sampled: g.input('sampled', 'bool', []),
    temperature: g.input('temperature', 'float32', []),
    draw: g.input('draw', 'float32', ['R']),
  };
  g.output('token', nextToken(g, g.input('logits', 'float32', ['R', logits.length]), sampling), { type: 'int64', dims: ['R'] });
});

async function tokensOf(temperature: number, draws: Float32Array): Promise<number[]> {
  const rows = Float32Array.from({ length: draws.length * logits.length }, (_, index) => logits[index % logits.length] ?? 0);
  const feeds = {
    logits: float32(rows, [draws.length, logits.length]),
    sampled: bool(temperature > 0),
    temperature: float32(Float32Array.of(temperature), []),
    draw: float32(draws, [draws.length]),
  };
  return Array.from(integers(await session.run(feeds), 'token'), Number);
}

describe('the next token', () => {
  it('is the most probable one without a temperature', async () => {
    expect(await tokensOf(0, Float32Array.of(0, 0.99))).toEqual([4, 4]);
  });

  it.each([0.7, 1, 2])('comes as often as it is probable at temperature %d, and never where it may not', async (temperature) => {
    const rows = 20_000;
    const counts = logits.map(() => 0);
    for (const token of await tokensOf(
      temperature,
      drawNumbers(
        Array.from({ length: rows }, (_, seed) => seed),
        1,
      ),
    ))
      counts[token] = (counts[token] ?? 0) + 1;
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
    expect(await tokensOf(1, Float32Array.of(0, (2 ** 22 - 1) / 2 ** 22))).toEqual([0, 7]);
  });
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
