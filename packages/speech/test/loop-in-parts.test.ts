import { describe, expect, it } from 'vitest';
import { loopInParts } from '../src/onnx/loop-in-parts.ts';
import { int64, integers } from '../src/onnx/tensors.ts';
import { buildAndOpen } from './whisper/built-graph.ts';

/** Counts: each step adds its index to what grows, and to the sum. */
const session = await buildAndOpen((g) => {
  const last = g.input('last', 'int64', []);
  const { state, scans } = loopInParts(g, {
    limit: g.input('limit', 'int64', []),
    steps: 4,
    state: { sum: { initial: g.int(0), type: 'int64', dims: [] } },
    grown: { seen: { initial: g.op('Range', [g.int(0), g.int(0), g.int(1)]), type: 'int64', dims: [null], axis: 0 } },
    scans: [2, 3].map((width) => ({ initial: g.op('Expand', [g.int(0), g.ints(0, width)]), type: 'int64', dims: [null, width] })),
    open: (outer, first) => outer.op('Where', [first, outer.int(1), outer.int(0)]),
    step: (inner, now, { index, held, opened }) => {
      const seen = inner.op('Concat', [now.seen, inner.op('Unsqueeze', [index, inner.ints(0)])], { axis: 0 });
      const counts = inner.op('Concat', [inner.op('Shape', [held.seen]), inner.op('Shape', [seen]), inner.op('Unsqueeze', [opened, inner.ints(0)])], {
        axis: 0,
      });
      return {
        proceed: inner.op('Less', [index, last]),
        state: { sum: inner.op('Add', [now.sum, index]), seen },
        scans: [
          { value: inner.op('Expand', [index, inner.ints(2)]), type: 'int64', dims: [2] },
          { value: counts, type: 'int64', dims: [3] },
        ],
      };
    },
  });
  g.output('sum', state.sum, { type: 'int64', dims: [] });
  g.output('indexes', scans[0] as string, { type: 'int64', dims: ['N', 2] });
  g.output('counts', scans[1] as string, { type: 'int64', dims: ['N', 3] });
});

async function count(limit: number, last: number) {
  const outputs = await session.run({ limit: int64([limit], []), last: int64([last], []) });
  const rows = (name: string, width: number) => {
    const numbers = Array.from(integers(outputs, name), Number);
    return Array.from({ length: numbers.length / width }, (_, row) => numbers.slice(row * width, (row + 1) * width));
  };
  return { sum: Number(integers(outputs, 'sum')[0]), indexes: rows('indexes', 2), counts: rows('counts', 3) };
}

describe('a loop in parts', () => {
  it('scans every step in order, and what grew in a part is held from the next one on', async () => {
    const { sum, indexes, counts } = await count(7, 100);
    expect(sum).toBe(21);
    expect(indexes).toEqual([0, 1, 2, 3, 4, 5, 6].map((index) => [index, index]));
    // Held, in this part with the step itself, first part: one step, then four at a time.
    expect(counts).toEqual([
      [0, 1, 1],
      [1, 1, 0],
      [1, 2, 0],
      [1, 3, 0],
      [1, 4, 0],
      [5, 1, 0],
      [5, 2, 0],
    ]);
  });

  it.each([
    ['the first step', 100, 0, 1],
    ['a step within a part', 100, 6, 7],
    ['the last step of a part', 100, 4, 5],
    ['its limit, at the end of a part', 5, 100, 5],
    ['its limit, within one', 6, 100, 6],
    ['a limit of one', 1, 100, 1],
  ])('ends with %s', async (_, limit, last, steps) => {
    expect((await count(limit, last)).indexes).toHaveLength(steps);
  });
});
