/** The sizes of a Whisper model, from config.json. */
import { damaged } from './damaged.ts';
import { type JsonObject, readJsonFile } from './json-file.ts';

export interface StackDimensions {
  readonly layers: number;
  readonly heads: number;
  /** Width of the feed-forward layer. */
  readonly inner: number;
}

export interface Dimensions {
  /** d_model. */
  readonly width: number;
  readonly mels: number;
  readonly vocabulary: number;
  /** Positions of the decoder. */
  readonly contextTokens: number;
  readonly encoder: StackDimensions;
  readonly decoder: StackDimensions;
}

/** Encoder positions of 30 s: 20 ms each, in every Whisper. */
export const AUDIO_POSITIONS = 1500;

const FILE = 'config.json';

export function readDimensions(folder: string): Dimensions {
  const config = readJsonFile(folder, FILE);
  expect(config, 'model_type', 'whisper');
  expect(config, 'max_source_positions', AUDIO_POSITIONS);
  if (config['activation_function'] !== undefined) expect(config, 'activation_function', 'gelu');
  if (config['scale_embedding'] !== undefined) expect(config, 'scale_embedding', false);
  const width = size(config, 'd_model');
  return {
    width,
    mels: size(config, 'num_mel_bins'),
    vocabulary: size(config, 'vocab_size'),
    contextTokens: size(config, 'max_target_positions'),
    encoder: stack(config, 'encoder', width),
    decoder: stack(config, 'decoder', width),
  };
}

function stack(config: JsonObject, name: 'encoder' | 'decoder', width: number): StackDimensions {
  const heads = size(config, `${name}_attention_heads`);
  if (width % heads !== 0) throw damaged(FILE, `d_model ${width} cannot be divided among ${heads} heads`);
  return { layers: size(config, `${name}_layers`, MOST_LAYERS), heads, inner: size(config, `${name}_ffn_dim`) };
}

function expect(config: JsonObject, key: string, value: unknown): void {
  if (config[key] !== value) throw damaged(FILE, `${key} is ${JSON.stringify(config[key])}, this engine knows ${JSON.stringify(value)} alone`);
}

/** No Whisper comes near: a number above it is an accident or an attack. */
const LARGEST_SIZE = 1_000_000;
const MOST_LAYERS = 1000;

function size(config: JsonObject, key: string, largest = LARGEST_SIZE): number {
  const value = config[key];
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > largest)
    throw damaged(FILE, `${key} is ${JSON.stringify(value)}, not a size`);
  return value as number;
}
