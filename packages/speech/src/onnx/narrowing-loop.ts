/**
 * A loop over the steps of a batch. Its windows end one after another; with the part of the steps in which it ended (loop-in-parts.ts), a window
 * leaves the batch, so that the next parts have less to do.
 */
import { elementTypes } from './element-types.ts';
import type { GraphBuilder, Value } from './graph-builder.ts';
import { any, type Carried, loop, type StepResult } from './loop.ts';
import { continued, loopInParts, type PartsInput } from './loop-in-parts.ts';

/** What becomes of it when windows leave: it has an entry for each window, for each row, or is the number of each row: 0, 1, 2 … */
export type Each = Carried & { readonly of: 'window' | 'row' | 'number' };

type Parts<Name extends string, Grown extends string, Opened> = PartsInput<Name, Grown, Opened>;
type PartOf<Opened> = Parameters<Parts<string, string, Opened>['step']>[2];

export interface NarrowingInput<Name extends string, Grown extends string, Opened, Own>
  extends Pick<Parts<Name, Grown, Opened>, 'limit' | 'steps' | 'open'> {
  /** int64 [1] */
  readonly windows: Value;
  /** Of each window, after the first step: int64 [1]. They stand window by window. */
  readonly rows: Value;
  readonly state: Readonly<Record<Name, Each>>;
  /** With an entry for each window. */
  readonly grown: Parts<Name, Grown, Opened>['grown'];
  /** What the steps scan, before there are any, for so many windows (int64 [1]): [0, windows, dims]. */
  readonly scans: (g: GraphBuilder, windows: Value) => readonly Carried[];
  /** What the steps need of the windows that are there; `present`: their numbers, int64 [b]. */
  readonly ownOf: (g: GraphBuilder, present: Value) => Own;
  /** `live`, bool [b]: the windows that go on. */
  readonly step: (
    g: GraphBuilder,
    state: Readonly<Record<Name | Grown, Value>>,
    part: PartOf<Opened> & { readonly own: Own; readonly windows: Value },
  ) => Omit<StepResult<Name | Grown>, 'proceed'> & { readonly live: Value };
}

/** Every scan, [steps, windows, dims]. What it has for a window that has left is without meaning. */
export function narrowingLoop<Name extends string, Grown extends string, Opened, Own>(
  g: GraphBuilder,
  { limit, steps, windows, rows, state, grown, scans, open, ownOf, step }: NarrowingInput<Name, Grown, Opened, Own>,
): Value[] {
  const every = numbers(g, windows);
  const scanned = Object.fromEntries(scans(g, windows).map((scan, at) => [`scan ${at}`, scan]));
  const whole = loop<string>(g, {
    limit,
    state: {
      ...state,
      ...grown,
      ...scanned,
      present: { initial: every, type: 'int64', dims: [null] },
      'steps so far': { initial: g.int(0), type: 'int64', dims: [] },
    },
    step: (outer, _, before) => {
      const present = before['present'] as Value;
      const count = outer.op('Shape', [present]);
      const own = ownOf(outer, present);
      const here = loopInParts<string, string, Opened>(outer, {
        limit,
        from: before['steps so far'] as Value,
        steps,
        state: { ...continued<string, Carried>(state, before), live: { initial: everyone(outer, count), type: 'bool', dims: [null] } },
        grown: continued(grown, before),
        scans: scans(outer, count),
        open,
        stays: (part, now) => part.op('Not', [any(part, part.op('Not', [now['live'] as Value]))]),
        step: (inner, now, part) => {
          const { live, ...result } = step(inner, now as Record<Name | Grown, Value>, { ...part, own, windows: count });
          return { ...result, proceed: any(inner, live), state: { ...result.state, live } };
        },
      });
      const live = here.state['live'] as Value;
      const kept = placesOf(outer, live);
      const places = placesIn(outer, present, every);
      const joined = (name: string, added: Value | undefined) =>
        outer.op('Concat', [before[name] as Value, outer.op('Gather', [added as Value, places], { axis: 1 })], { axis: 0 });
      return {
        proceed: outer.op('And', [any(outer, live), outer.op('Less', [here.steps, limit])]),
        state: {
          ...keptOf(outer, { state, now: here.state, kept, rows }),
          ...Object.fromEntries(Object.keys(grown).map((name) => [name, take(outer, here.grown[name] as Value, kept)])),
          ...Object.fromEntries(here.scans.map((scan, at) => [`scan ${at}`, joined(`scan ${at}`, scan)])),
          present: take(outer, present, kept),
          'steps so far': here.steps,
        },
        scans: [],
      };
    },
  });
  return Object.keys(scanned).map((name) => whole.state[name] as Value);
}

interface Kept {
  readonly state: Readonly<Record<string, Each>>;
  readonly now: Readonly<Record<string, Value>>;
  /** Windows of those that were there: int64 [b]. */
  readonly kept: Value;
  readonly rows: Value;
}

function keptOf(g: GraphBuilder, { state, now, kept, rows }: Kept): Record<string, Value> {
  const first = g.op('Mul', [g.op('Unsqueeze', [kept, g.ints(1)]), rows]);
  const keptRows = g.op('Reshape', [g.op('Add', [first, numbers(g, rows)]), g.ints(-1)]);
  const from = { window: kept, row: keptRows };
  return Object.fromEntries(
    Object.entries(state).map(([name, { of }]) => [
      name,
      of === 'number' ? numbers(g, g.op('Shape', [keptRows])) : take(g, now[name] as Value, from[of]),
    ]),
  );
}

const take = (g: GraphBuilder, value: Value, which: Value): Value => g.op('Gather', [value, which], { axis: 0 });

/** 0 to before `count` (int64 [1]). */
const numbers = (g: GraphBuilder, count: Value): Value => g.op('Range', [g.int(0), g.op('Squeeze', [count]), g.int(1)]);

const everyone = (g: GraphBuilder, count: Value): Value => g.op('Expand', [g.constant('bool', [1], [1]), count]);

/** live, bool [n] → the places of those that are true, in order: int64 [m]. Where none is, one that is not: nothing is done with it. */
function placesOf(g: GraphBuilder, live: Value): Value {
  const count = g.op('ReduceSum', [g.op('Cast', [live], { to: elementTypes.int64 }), g.ints(0)]); // [1]
  const order = g.op('Where', [live, g.op('Neg', [numbers(g, g.op('Shape', [live]))]), g.int(-(2 ** 31))]);
  const [, places] = g.ops('TopK', [order, g.op('Max', [count, g.ints(1)])], { axis: 0, outputs: 2 }) as [Value, Value];
  return places;
}

/** Where each of `every` [B] stands in `present` [b]: int64 [B]; 0 for one that is not there. */
function placesIn(g: GraphBuilder, present: Value, every: Value): Value {
  const same = g.op('Equal', [g.op('Unsqueeze', [every, g.ints(1)]), present]); // [B, b]
  return g.op('ArgMax', [g.op('Cast', [same], { to: elementTypes.float32 })], { axis: 1, keepdims: 0 });
}
