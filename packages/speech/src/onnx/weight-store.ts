/** Where the large tensors of a model lie. */
import type { TensorProto } from './model-schema.ts';

export interface PlacedWeight {
  /** Bytes. */
  readonly length: number;
  /** The fields of its tensor that hold its bytes, or say where they are. */
  readonly fields: Pick<TensorProto, 'rawData' | 'externalData' | 'dataLocation'>;
}

export interface WeightStore {
  put(name: string, make: () => ArrayBufferView): PlacedWeight;
}

/** In the model itself, for small ones: a single file, or none at all. */
export const withinModel: WeightStore = {
  put: (_, make) => {
    const { buffer, byteOffset, byteLength } = make();
    return { length: byteLength, fields: { rawData: new Uint8Array(buffer, byteOffset, byteLength) } };
  },
};
