import type { GraphFormats } from './graphs/block.ts';

export interface Precision {
  readonly name: string;
  readonly formats: GraphFormats;
}

export interface FormatChoice {
  readonly device: 'cpu' | 'cuda';
  readonly precision: 'default' | 'exact' | 'fp16';
  readonly vnni: boolean;
}

const FLOAT32: GraphFormats = { float: 'float32', encoder: 'float', prelude: 'float', decoder: 'float', embedding: 'float32' };
const FLOAT16: GraphFormats = { float: 'float16', encoder: 'float', prelude: 'float', decoder: 'float', embedding: 'float16' };

/** `default` on the CPU: word error rates as with float32, within noise, in two thirds of its time. */
export function chooseFormats({ device, precision, vnni }: FormatChoice): Precision {
  if (precision === 'exact') return { name: 'float32', formats: FLOAT32 };
  if (precision === 'fp16' || device === 'cuda') return { name: 'float16', formats: FLOAT16 };
  const decoder = { decoder: 'blocks8', embedding: 'float16' } as const;
  if (vnni) return { name: 'int8 encoder, 8-bit decoder', formats: { ...FLOAT32, encoder: 'rows8', prelude: 'rows8', ...decoder } };
  return { name: 'float32 encoder, 8-bit decoder', formats: { ...FLOAT32, ...decoder } };
}
