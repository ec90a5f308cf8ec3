import { Tensor } from './runtime.ts';

export const int64 = (values: readonly number[], dims: readonly number[]): Tensor => new Tensor('int64', BigInt64Array.from(values, BigInt), dims);

export const float32 = (values: Float32Array, dims: readonly number[]): Tensor => new Tensor('float32', values, dims);

export const bool = (value: boolean): Tensor => new Tensor('bool', Uint8Array.of(value ? 1 : 0), []);

type Outputs = Readonly<Record<string, unknown>>;

export function floats(outputs: Outputs, name: string): Float32Array {
  const { data } = tensorOf(outputs, name);
  if (!(data instanceof Float32Array)) throw new TypeError(`The model's output ${name} is not float32.`);
  return data;
}

export function integers(outputs: Outputs, name: string): BigInt64Array {
  const { data } = tensorOf(outputs, name);
  if (!(data instanceof BigInt64Array)) throw new TypeError(`The model's output ${name} is not int64.`);
  return data;
}

export const dimsOf = (outputs: Outputs, name: string): readonly number[] => tensorOf(outputs, name).dims;

function tensorOf(outputs: Outputs, name: string): Tensor {
  const value = outputs[name];
  if (!(value instanceof Tensor)) throw new TypeError(`The model has no output ${name}.`);
  return value;
}
