import type { IntegerUnit } from './cpu-flags.ts';
import type { GraphFormats } from './graphs/block.ts';

export interface Precision {
  readonly name: string;
  readonly formats: GraphFormats;
}

export interface FormatChoice {
  readonly device: 'cpu' | 'cuda';
  /** `default`: what was measured best for the device. `exact`: float32 everywhere. `small`: as little memory as keeps the text right. */
  readonly precision: 'default' | 'exact' | 'fp16' | 'small';
  readonly integers: IntegerUnit;
}

const FLOAT32: GraphFormats = {
  float: 'float32',
  encoder: 'float',
  attention: 'float',
  prelude: 'float',
  cross: 'float',
  decoder: 'float',
  embedding: 'float32',
  turned: false,
};
const FLOAT16: GraphFormats = { ...FLOAT32, float: 'float16', embedding: 'float16' };
const EIGHT_BIT = { encoder: 'blocks8', prelude: 'blocks8', decoder: 'blocks8', embedding: 'float16' } as const;

/**
 * `default` on the CPU: word error rates as with float32, within noise, in half of its time with VNNI. Without it, an encoder in whole numbers, of 7 bits,
 * is little faster or not at all, and its words are worse; a decoder takes half of the time of float32, in a quarter of the memory.
 */
export function chooseFormats({ device, precision, integers }: FormatChoice): Precision {
  if (precision === 'exact') return { name: 'float32', formats: FLOAT32 };
  if (precision === 'small') return { name: '8 bit', formats: { ...(device === 'cuda' ? FLOAT16 : FLOAT32), ...EIGHT_BIT } };
  if (precision === 'fp16' || device === 'cuda') return { name: 'float16', formats: FLOAT16 };
  const formats = { ...FLOAT32, embedding: 'float16', turned: true } as const;
  if (integers === 'none') {
    return { name: 'float32 encoder, 7-bit decoder', formats: { ...formats, prelude: 'rows7', cross: 'queryFirst7', decoder: 'rows7' } };
  }
  return {
    name: 'int8',
    formats: {
      ...formats,
      encoder: 'rows8',
      // Tiles of AMX are too large for heads of 64 channels: there the scores take longer in 8 bit than in float32.
      attention: integers === 'amx' ? 'float' : 'heads8',
      prelude: 'rows8',
      cross: integers === 'amx' ? 'keysFirst8' : 'queryFirst8',
      decoder: 'rows8',
    },
  };
}
