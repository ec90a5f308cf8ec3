import type { ElementType } from '../../onnx/element-types.ts';
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';

/** As many values as there are types. */
type Branch = (g: GraphBuilder) => readonly Value[];

interface Choice {
  readonly yes: Branch;
  readonly no: Branch;
  readonly types: readonly ElementType[];
}

/** Computes the values of one of two branches; the other is not run. They are made within their branch. */
export function choose(g: GraphBuilder, condition: Value, { yes, no, types }: Choice): Value[] {
  const branch = (name: string, build: Branch): GraphBuilder => {
    const inner = g.inner(name);
    for (const [index, value] of build(inner).entries()) inner.result(value, types[index] as ElementType, [null]);
    return inner;
  };
  return g.ops('If', [condition], { then_branch: branch('yes', yes), else_branch: branch('no', no), outputs: types.length });
}
