import type { ElementType } from '../../onnx/element-types.ts';
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';

type Branch = (g: GraphBuilder) => Value;

/** Computes one of two values; the other branch is not run. Both are made within their branch. */
export function choose(g: GraphBuilder, condition: Value, { yes, no, type }: { yes: Branch; no: Branch; type: ElementType }): Value {
  const branch = (name: string, build: Branch): GraphBuilder => {
    const inner = g.inner(name);
    inner.result(build(inner), type, [null]);
    return inner;
  };
  return g.op('If', [condition], { then_branch: branch('yes', yes), else_branch: branch('no', no) });
}
