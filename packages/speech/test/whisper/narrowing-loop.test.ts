import { expect, it } from 'vitest';
import type { GraphBuilder, Value } from '../../src/onnx/graph-builder.ts';
import { narrowingLoop } from '../../src/onnx/narrowing-loop.ts';
import { int64, integers } from '../../src/onnx/tensors.ts';
import { buildAndOpen } from './built-graph.ts';

const STEPS = 4;
const ROWS = 2;
const int64s = (dims: readonly null[]) => ({ type: 'int64', dims }) as const;
const scalar = (g: GraphBuilder, value: Value) => g.op('Reshape', [value, g.ints(1)]);

/**
 * Each window ends when its `life` is over. Every step tells, of each window: its own number and the steps so far (by what its rows have
 * counted and by what has grown), and how many windows are there.
 */
const session = await buildAndOpen((g) => {
  const lives = g.input('lives', 'int64', ['B']);
  const limit = g.input('limit', 'int64', []);
  const windows = g.op('Shape', [lives]);
  const nothing = (inner: GraphBuilder, count: Value) => inner.op('Expand', [inner.int(0), inner.op('Concat', [inner.ints(0), count], { axis: 0 })]);
  const [numbers, counted, grown, present] = narrowingLoop(g, {
    limit,
    windows,
    rows: g.ints(ROWS),
    steps: STEPS,
    state: {
      left: { initial: lives, ...int64s([null]), of: 'window' },
      // One row for each window before the first step.
      rows: { initial: g.op('Expand', [g.int(0), windows]), ...int64s([null]), of: 'row' },
      order: { initial: g.op('Range', [g.int(0), g.op('Squeeze', [windows]), g.int(1)]), ...int64s([null]), of: 'number' },
    },
    grown: { marks: { initial: g.op('Expand', [g.int(0), g.op('Concat', [windows, g.ints(0)], { axis: 0 })]), ...int64s([null, null]), axis: 1 } },
    scans: (inner, count) => [0, 1, 2, 3].map(() => ({ initial: nothing(inner, count), ...int64s([null, null]) })),
    open: () => null,
    ownOf: (inner, there) => inner.op('Mul', [there, inner.int(10)]),
    step: (inner, { left, rows, order, marks }, { own, windows: count, held }) => {
      const each = inner.op('Concat', [count, inner.ints(ROWS)], { axis: 0 });
      const known = inner.op('Reshape', [rows, inner.op('Concat', [count, inner.ints(-1)], { axis: 0 })]);
      const after = inner.op('Add', [
        inner.op('Expand', [inner.op('Slice', [known, inner.ints(0), inner.ints(1), inner.ints(1)]), each]),
        inner.int(1),
      ]);
      const added = inner.op('Concat', [marks, inner.op('Expand', [inner.int(1), inner.op('Concat', [count, inner.ints(1)], { axis: 0 })])], {
        axis: 1,
      });
      const sum = (x: Value) => inner.op('ReduceSum', [x, inner.ints(1)], { keepdims: 0 });
      const next = inner.op('Sub', [left, inner.int(1)]);
      return {
        live: inner.op('Greater', [next, inner.int(0)]),
        state: { left: next, rows: inner.op('Reshape', [after, inner.ints(-1)]), order: inner.op('Identity', [order]), marks: added },
        scans: [
          inner.op('Identity', [own]),
          sum(after),
          inner.op('Add', [sum(held['marks'] as Value), sum(added)]),
          inner.op('Expand', [scalar(inner, count), count]),
        ].map((value) => ({ value, ...int64s([null]) })),
      };
    },
  }) as [Value, Value, Value, Value];
  for (const [name, value] of Object.entries({ numbers, counted, grown, present })) g.output(name, value, { type: 'int64', dims: ['N', 'B'] });
});

/** [steps][windows] */
async function run(lives: readonly number[], limit = 100) {
  const outputs = await session.run({ lives: int64(lives, [lives.length]), limit: int64([limit], []) });
  const tableOf = (name: string) => {
    const values = Array.from(integers(outputs, name), Number);
    return Array.from({ length: values.length / lives.length }, (_, step) => values.slice(step * lives.length, (step + 1) * lives.length));
  };
  return { numbers: tableOf('numbers'), counted: tableOf('counted'), grown: tableOf('grown'), present: tableOf('present') };
}

it.each([[[3, 1, 9, 6]], [[1, 1, 1]], [[1]], [[14, 2, 14, 5, 5, 30]]])(
  'tells of each window what a loop of it alone would, until it ends: %j',
  async (lives) => {
    const { numbers, counted, grown } = await run(lives);
    expect(numbers).toHaveLength(Math.max(...lives));
    for (const [window, life] of lives.entries()) {
      for (let step = 0; step < life; step += 1) {
        expect([numbers[step]?.[window], counted[step]?.[window], grown[step]?.[window]]).toEqual([10 * window, ROWS * (step + 1), step + 1]);
      }
    }
  },
);

it('goes on without those that have ended from the next part on; the first part is one step', async () => {
  const { present } = await run([1, 3, 5, 6, 9, 10]);
  expect(present.map(([first]) => first)).toEqual([6, 5, 5, 5, 5, 3, 3, 3, 3, 1]);
});

it('ends at the limit, wherever that lies', async () => {
  for (const limit of [1, 2, 5, 7]) expect((await run([3, 20, 4], limit)).numbers).toHaveLength(limit);
});
