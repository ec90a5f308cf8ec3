/** Element types of tensors by their number in ONNX (TensorProto.DataType). */
export const elementTypes = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 } as const;

export type ElementType = keyof typeof elementTypes;

/** Bytes of one element. */
export const elementSizes: Readonly<Record<ElementType, number>> = { float32: 4, uint8: 1, int8: 1, int32: 4, int64: 8, bool: 1, float16: 2 };

/** The numbers as the bytes of a tensor, little-endian like every machine this runs on. */
export function bytesOf(type: ElementType, values: readonly number[]): Uint8Array {
  const array = arrayOf(type, values);
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function arrayOf(type: ElementType, values: readonly number[]): ArrayBufferView {
  switch (type) {
    case 'float32':
      return Float32Array.from(values);
    case 'float16':
      return Float16Array.from(values);
    case 'int64':
      return BigInt64Array.from(values, BigInt);
    case 'int32':
      return Int32Array.from(values);
    case 'int8':
      return Int8Array.from(values);
    case 'uint8':
    case 'bool':
      return Uint8Array.from(values);
  }
}
