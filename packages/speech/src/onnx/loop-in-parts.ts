/**
 * A loop within a loop. What a loop carries and adds to is copied at every step; here it grows for the steps of a part alone, and then joins
 * what was held before.
 */
import type { GraphBuilder, Value } from './graph-builder.ts';
import { type Carried, type LoopInput, loop, type StepResult } from './loop.ts';

export interface Growing extends Carried {
  /** Along which it grows. At first it is empty: 0 there. */
  readonly axis: number;
}

interface Part<Grown extends string, Opened> {
  /** Of the step, from the beginning of the whole loop: int64 []. */
  readonly index: Value;
  /** What has grown in the parts before. */
  readonly held: Readonly<Record<Grown, Value>>;
  readonly opened: Opened;
}

export interface PartsInput<Name extends string, Grown extends string, Opened> extends Pick<LoopInput<Name>, 'limit' | 'state'> {
  /** Steps of a part, at most. The first part is a single step. */
  readonly steps: number;
  readonly grown: Readonly<Record<Grown, Growing>>;
  /** What the steps scan, before there are any: [0, dims]. */
  readonly scans: readonly Carried[];
  /** What all steps of a part see. `first`, bool []: it is the first part. */
  readonly open: (g: GraphBuilder, first: Value) => Opened;
  /** Of what grows, `state` has what this part has added, and so does the answer. */
  readonly step: (g: GraphBuilder, state: Readonly<Record<Name | Grown, Value>>, part: Part<Grown, Opened>) => StepResult<Name | Grown>;
}

/** The last state without what grew, and every scan with the steps as its first axis. */
export function loopInParts<Name extends string, Grown extends string, Opened>(
  g: GraphBuilder,
  { limit, steps, state, grown, scans, open, step }: PartsInput<Name, Grown, Opened>,
): { state: Record<Name, Value>; scans: Value[] } {
  const goesOn: Carried = { initial: g.constant('bool', [], [1]), type: 'bool', dims: [] };
  const done: Carried = { initial: g.int(0), type: 'int64', dims: [] };
  const names = scans.map((_, at) => `scan ${at}`);
  const scanned = Object.fromEntries(scans.map((scan, at) => [`scan ${at}`, scan]));
  const whole = loop<string>(g, {
    limit,
    state: { ...state, ...grown, ...scanned, 'steps so far': done },
    step: (outer, part, before) => {
      const first = outer.op('Equal', [part, outer.int(0)]);
      const opened = open(outer, first);
      const most = outer.op('Min', [
        outer.op('Where', [first, outer.int(1), outer.int(steps)]),
        outer.op('Sub', [limit, before['steps so far'] as Value]),
      ]);
      const here = loop<string>(outer, {
        limit: most,
        state: { ...continued(state, before), ...grown, 'goes on': goesOn },
        step: (inner, at, now) => {
          const index = inner.op('Add', [before['steps so far'] as Value, at]);
          const result = step(inner, now as Record<Name | Grown, Value>, { index, held: before as Record<Grown, Value>, opened });
          return { ...result, state: { ...result.state, 'goes on': inner.op('Identity', [result.proceed]) } };
        },
      });
      const after = outer.op('Add', [before['steps so far'] as Value, most]);
      const joined = (name: string, added: Value | undefined, axis: number) => outer.op('Concat', [before[name] as Value, added as Value], { axis });
      return {
        proceed: outer.op('And', [here.state['goes on'] as Value, outer.op('Less', [after, limit])]),
        state: {
          ...here.state,
          ...Object.fromEntries(Object.entries<Growing>(grown).map(([name, { axis }]) => [name, joined(name, here.state[name], axis)])),
          ...Object.fromEntries(names.map((name, at) => [name, joined(name, here.scans[at], 0)])),
          'steps so far': after,
        },
        scans: [],
      };
    },
  });
  return { state: whole.state as Record<Name, Value>, scans: names.map((name) => whole.state[name] as Value) };
}

const continued = (state: Readonly<Record<string, Carried>>, before: Readonly<Record<string, Value>>): Record<string, Carried> =>
  Object.fromEntries(Object.entries(state).map(([name, carried]) => [name, { ...carried, initial: before[name] as Value }]));
