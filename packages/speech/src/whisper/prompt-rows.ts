/** Prompts of different lengths as one tensor: padded at the left, so that all end in the last column. */
import type { Tensor } from '../onnx/runtime.ts';
import { int64 } from '../onnx/tensors.ts';

export interface PromptRows {
  /** [B, T] */
  readonly prompt: Tensor;
  /** [B] */
  readonly padding: Tensor;
  /** Place of token `index` of prompt `row` among the B T tokens. */
  readonly place: (row: number, index: number) => number;
}

/** `filler`: any token; nothing looks at it. */
export function promptRows(prompts: readonly (readonly number[])[], filler: number): PromptRows {
  const width = Math.max(...prompts.map(({ length }) => length));
  const padding = prompts.map(({ length }) => width - length);
  const rows = prompts.flatMap((prompt, row) => [...Array.from({ length: padding[row] ?? 0 }, () => filler), ...prompt]);
  return {
    prompt: int64(rows, [prompts.length, width]),
    padding: int64(padding, [prompts.length]),
    place: (row, index) => row * width + (padding[row] ?? 0) + index,
  };
}
