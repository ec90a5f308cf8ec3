/** ONNX's Loop, a graph that runs once per token, with everything it keeps in the runtime's hands; and Scan, one that runs once for each part of a tensor. */
import { type ElementType, elementTypes } from './element-types.ts';
import type { Dimension, GraphBuilder, Value } from './graph-builder.ts';

export interface Carried {
  /** Before the first step, in the graph around the loop. */
  readonly initial: Value;
  readonly type: ElementType;
  /** Sizes may change from step to step: null where they do, or a name for what is of one size within a step. */
  readonly dims: readonly Dimension[];
}

export interface Scanned {
  readonly value: Value;
  readonly type: ElementType;
  /** Of one step or part, the same in all. */
  readonly dims: readonly Dimension[];
}

export interface StepResult<Name extends string> {
  /** Bool []: another step follows. */
  readonly proceed: Value;
  readonly state: Readonly<Record<Name, Value>>;
  /** What each step adds to an output. */
  readonly scans: readonly Scanned[];
}

export interface LoopInput<Name extends string> {
  /** At most so many steps: int64 []. */
  readonly limit: Value;
  readonly state: Readonly<Record<Name, Carried>>;
  readonly step: (g: GraphBuilder, index: Value, state: Readonly<Record<Name, Value>>) => StepResult<Name>;
}

/** The last state, and every scan with the steps as its first axis. */
export function loop<Name extends string>(g: GraphBuilder, { limit, state, step }: LoopInput<Name>): { state: Record<Name, Value>; scans: Value[] } {
  const names = Object.keys(state) as Name[];
  const body = g.inner('step');
  const index = body.input('index', 'int64', []);
  body.input('proceed', 'bool', []);
  const carried = Object.fromEntries(names.map((name) => [name, body.input(name, state[name].type, state[name].dims)])) as Record<Name, Value>;
  const result = step(body, index, carried);
  body.result(result.proceed, 'bool', []);
  for (const name of names) body.result(result.state[name], state[name].type, state[name].dims);
  for (const { value, type, dims } of result.scans) body.result(value, type, dims);
  const inputs = [limit, g.constant('bool', [], [1]), ...names.map((name) => state[name].initial)];
  const outputs = g.ops('Loop', inputs, { body, outputs: names.length + result.scans.length });
  const final = Object.fromEntries(names.map((name, at) => [name, outputs[at]])) as Record<Name, Value>;
  return { state: final, scans: outputs.slice(names.length) };
}

/** `value`: [n, dims]. What `each` makes of one of n, with n as first axis. */
export function scan(g: GraphBuilder, { value, type, dims }: Scanned, each: (g: GraphBuilder, one: Value) => readonly Scanned[]): Value[] {
  const body = g.inner('each');
  const results = each(body, body.input('one', type, dims));
  for (const result of results) body.result(result.value, result.type, result.dims);
  return g.ops('Scan', [value], { body, num_scan_inputs: 1, outputs: results.length });
}

/** Bool [n] → bool []. */
export function any(g: GraphBuilder, conditions: Value): Value {
  const numbers = g.op('Cast', [conditions], { to: elementTypes.int32 });
  return g.op('Cast', [g.op('ReduceMax', [numbers, g.ints(0)], { keepdims: 0 })], { to: elementTypes.bool });
}
