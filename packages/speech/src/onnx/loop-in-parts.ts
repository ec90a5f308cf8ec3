/**
 * A loop within a loop. What a loop carries and adds to is copied at every step; here it grows for the steps of a part alone, and then joins
 * what was held before.
 */
import type { GraphBuilder, Value } from './graph-builder.ts';
import { type Carried, type LoopInput, loop, type StepResult } from './loop.ts';

export interface Growing extends Carried {
  /** Along which it grows. */
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
  /** Steps that there were before, of the limit: int64 []. Unset: none. */
  readonly from?: Value;
  /** Steps of a part, at most. The first part is a single step. */
  readonly steps: number;
  readonly grown: Readonly<Record<Grown, Growing>>;
  /** After a part whose last step would go on, bool []: another one follows. Unset: always. */
  readonly stays?: (g: GraphBuilder, state: Readonly<Record<Name, Value>>) => Value;
  /** What the steps scan, before there are any: [0, dims]. */
  readonly scans: readonly Carried[];
  /** What all steps of a part see. `first`, bool []: it is the first part. */
  readonly open: (g: GraphBuilder, first: Value) => Opened;
  /** Of what grows, `state` has what this part has added, and so does the answer. */
  readonly step: (g: GraphBuilder, state: Readonly<Record<Name | Grown, Value>>, part: Part<Grown, Opened>) => StepResult<Name | Grown>;
}

interface PartsResult<Name extends string, Grown extends string> {
  /** After the last step. */
  readonly state: Record<Name, Value>;
  readonly grown: Record<Grown, Value>;
  /** With the steps as first axis. */
  readonly scans: Value[];
  /** How many there were, with those before: int64 []. */
  readonly steps: Value;
}

export function loopInParts<Name extends string, Grown extends string, Opened>(
  g: GraphBuilder,
  { limit, from = g.int(0), steps, state, grown, scans, open, step, stays }: PartsInput<Name, Grown, Opened>,
): PartsResult<Name, Grown> {
  const goesOn: Carried = { initial: g.constant('bool', [], [1]), type: 'bool', dims: [] };
  const done: Carried = { initial: from, type: 'int64', dims: [] };
  const names = scans.map((_, at) => `scan ${at}`);
  const scanned = Object.fromEntries(scans.map((scan, at) => [`scan ${at}`, scan]));
  const whole = loop<string>(g, {
    limit,
    state: { ...state, ...grown, ...scanned, 'steps so far': done },
    step: (outer, _, before) => {
      const first = outer.op('Equal', [before['steps so far'] as Value, outer.int(0)]);
      const opened = open(outer, first);
      const most = outer.op('Min', [
        outer.op('Where', [first, outer.int(1), outer.int(steps)]),
        outer.op('Sub', [limit, before['steps so far'] as Value]),
      ]);
      const here = loop<string>(outer, {
        limit: most,
        state: { ...continued(state, before), ...emptied(outer, grown, before), 'goes on': goesOn },
        step: (inner, at, now) => {
          const index = inner.op('Add', [before['steps so far'] as Value, at]);
          const result = step(inner, now as Record<Name | Grown, Value>, { index, held: before as Record<Grown, Value>, opened });
          return { ...result, state: { ...result.state, 'goes on': inner.op('Identity', [result.proceed]) } };
        },
      });
      const after = outer.op('Add', [before['steps so far'] as Value, most]);
      const joined = (name: string, added: Value | undefined, axis: number) => outer.op('Concat', [before[name] as Value, added as Value], { axis });
      return {
        proceed: all(outer, [
          here.state['goes on'] as Value,
          outer.op('Less', [after, limit]),
          ...(stays ? [stays(outer, here.state as Record<Name, Value>)] : []),
        ]),
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
  return {
    state: whole.state as Record<Name, Value>,
    grown: whole.state as Record<Grown, Value>,
    scans: names.map((name) => whole.state[name] as Value),
    steps: whole.state['steps so far'] as Value,
  };
}

const all = (g: GraphBuilder, [first, ...others]: readonly [Value, ...Value[]]): Value => others.reduce((a, b) => g.op('And', [a, b]), first);

/** What grows, with nothing of it. */
const emptied = (g: GraphBuilder, grown: Readonly<Record<string, Growing>>, before: Readonly<Record<string, Value>>): Record<string, Carried> =>
  Object.fromEntries(
    Object.entries(grown).map(([name, growing]) => [
      name,
      { ...growing, initial: g.op('Slice', [before[name] as Value, g.ints(0), g.ints(0), g.ints(growing.axis)]) },
    ]),
  );

/** The same from where they stand. */
export const continued = <Name extends string, One extends Carried>(
  state: Readonly<Record<Name, One>>,
  before: Readonly<Record<string, Value>>,
): Record<Name, One> =>
  Object.fromEntries(Object.entries<One>(state).map(([name, carried]) => [name, { ...carried, initial: before[name] as Value }])) as Record<
    Name,
    One
  >;
