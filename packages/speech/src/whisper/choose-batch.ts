/** How many windows are decoded together: as many as gain speed, and as memory allows. */
import { AUDIO_POSITIONS, type Dimensions } from './checkpoint/dimensions.ts';
import type { GraphFormats } from './graphs/block.ts';

export interface BatchFacts {
  readonly dimensions: Dimensions;
  readonly formats: GraphFormats;
  /** Bytes of all weight files of the graphs. */
  readonly weightBytes: number;
  readonly device: 'cpu' | 'cuda';
  /** Bytes; null = unknown. */
  readonly freeBytes: number | null;
}

/**
 * Past 8 a CPU wins little (and `expectedMemory` of the models counts on 8); with keys and values in float32, which take four times as much, Whisper base
 * would hold more than 1.2 GB then. A GPU waits for its launches: many rows cost as much as few.
 */
const most = ({ device, formats }: BatchFacts): number => (device === 'cuda' ? 32 : formats.cross === 'float' ? 6 : 8);
/** Of the free memory. The rest is for other programs, for fragments, and for what the estimate leaves out. */
const SHARE = { cpu: 0.8, cuda: 0.7 };
/** The runtime keeps a second copy of most weights, in the order in which it multiplies. */
const WEIGHT_COPIES = 2;
const FLOAT32 = 4;
const FLOAT16 = 2;
const INT8 = 1;

/** 1 where not even that is certain to fit: then the memory ladder decides. */
export function chooseBatch(facts: BatchFacts): number {
  if (facts.freeBytes === null) return most(facts);
  const left = facts.freeBytes * SHARE[facts.device] - WEIGHT_COPIES * facts.weightBytes - encoderBytes(facts);
  return Math.max(1, Math.min(most(facts), Math.floor(left / bytesPerWindow(facts))));
}

const floatBytes = ({ formats }: BatchFacts): number => (formats.float === 'float16' ? FLOAT16 : FLOAT32);

/**
 * Keys and values of the cross attention and of the tokens so far, [layers, 2, positions + tokens, width] (those of the tokens twice: a step
 * makes new ones from the old); hidden states here, in the runtime and as a copy, [3, positions, width] float32; four times the logits, float32.
 */
function bytesPerWindow(facts: BatchFacts): number {
  const { width, vocabulary, contextTokens, decoder } = facts.dimensions;
  const positions = AUDIO_POSITIONS * (facts.formats.cross === 'float' ? floatBytes(facts) : INT8);
  const caches = decoder.layers * 2 * (positions + 2 * contextTokens * floatBytes(facts)) * width;
  return caches + 3 * AUDIO_POSITIONS * width * FLOAT32 + 4 * vocabulary * FLOAT32;
}

/** Largest tensors of an encoder layer for one window: scores [heads, positions, positions] twice, the wide layer [positions, 4 width] twice. */
function encoderBytes(facts: BatchFacts): number {
  const { width, encoder } = facts.dimensions;
  return 2 * (encoder.heads * AUDIO_POSITIONS + 4 * width) * AUDIO_POSITIONS * floatBytes(facts);
}
