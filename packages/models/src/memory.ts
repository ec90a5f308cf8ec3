/** How much main memory the CPU engine is expected to need with a model. */

export interface ModelSize {
  readonly parameters: number;
  readonly decoderLayers: number;
  /** d_model: numbers per position. */
  readonly width: number;
}

/** Bytes of a float32. */
const FLOAT_BYTES = 4;
/** Windows that are decoded at once. */
const BATCH = 8;
/** Positions that the encoder makes of a window of 30 s (max_source_positions of every Whisper). */
const POSITIONS = 1500;
/** Keys and values. */
const TENSORS = 2;
/** Node, ONNX Runtime, hidden states of a batch, copies on the way. */
const PROCESS_BYTES = 500e6;

/**
 * Each weight once as float32, the widest format that it is held in; keys and values of a batch for the cross attention of
 * every decoder layer, [layers, 2, BATCH, POSITIONS, width] float32; the process. The one measurement behind it: base needs
 * 1.08 to 1.10 GB by itself, 1.09 GB by this sum. The others are not measured.
 */
export function expectedMemory({ parameters, decoderLayers, width }: ModelSize): number {
  const caches = decoderLayers * TENSORS * BATCH * POSITIONS * width * FLOAT_BYTES;
  return Math.round(PROCESS_BYTES + parameters * FLOAT_BYTES + caches);
}
