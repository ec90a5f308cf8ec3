/** A Whisper checkpoint, opened: sound in, tokens out. The only door to everything below `whisper/`. */
import path from 'node:path';
import type { Fallback } from '@bulk-transcribe/protocol';
import { readCheckpoint } from './checkpoint/checkpoint.ts';
import type { WhisperFacts } from './checkpoint/facts.ts';
import { chooseBatch } from './choose-batch.ts';
import { chooseFormats, type FormatChoice } from './choose-formats.ts';
import { hashFiles } from './content-hash.ts';
import { integerUnit } from './cpu-flags.ts';
import { cachedGraphs, weightBytesOf } from './graph-cache.ts';
import { openGraphs } from './open-graphs.ts';
import type { DecodedRow, DecodeRequest, ForcedRow, ForceRequest, Hidden } from './requests.ts';

export type * from './checkpoint/facts.ts';
export type * from './requests.ts';

export interface WhisperModel {
  readonly facts: WhisperFacts;
  readonly device: 'cpu' | 'cuda';
  /** How the weights are kept, as words for the transcript's provenance. */
  readonly precision: string;
  readonly threads: number;
  /** Windows that are best decoded together. */
  readonly batchSize: number;
  /** What did not fit into memory, and what was taken instead. */
  readonly fallbacks?: readonly Fallback[];
  /** 16 kHz mono, at most 30 s each; shorter ones are padded with zeros before the log-mel. */
  encode(windows: readonly Float32Array[]): Promise<Hidden>;
  /** One row per window, in order. */
  decode(hidden: Hidden, request: DecodeRequest): Promise<DecodedRow[]>;
  /** Reads given tokens in one pass: raw logits, and alignment scores for word times. */
  force(hidden: Hidden, request: ForceRequest): Promise<ForcedRow[]>;
  release(): Promise<void>;
}

export interface OpenOptions {
  /** Checkpoint in Hugging Face layout. */
  readonly folder: string;
  /** Where built graphs are kept. */
  readonly cacheFolder: string;
  readonly threads: number;
  readonly device: 'cpu' | 'cuda';
  readonly precision: FormatChoice['precision'];
  /** Bytes that the model may take; null or unset = unknown. */
  readonly freeBytes?: number | null;
}

/** Checks the checkpoint, builds its graphs where the cache has none, opens them. `engine_unavailable` says what is wrong with the files or the device. */
export async function openWhisper({ folder, cacheFolder, threads, device, precision, freeBytes = null }: OpenOptions): Promise<WhisperModel> {
  const checkpoint = readCheckpoint(folder);
  const { dimensions } = checkpoint;
  const { name, formats } = chooseFormats({ device, precision, integers: integerUnit() });
  const hashes = await hashFiles(folder, checkpoint.files, path.join(cacheFolder, 'hashes.json'));
  const graphs = await cachedGraphs({ checkpoint, hashes, formats, cacheFolder });
  const facts: WhisperFacts = { ...checkpoint.facts, files: hashes };
  const batchSize = chooseBatch({ dimensions, formats, weightBytes: weightBytesOf(graphs), device, freeBytes });
  return { facts, device, precision: name, threads, batchSize, ...(await openGraphs(graphs, { facts, width: dimensions.width, device, threads })) };
}
