/** The golden vectors (golden/ORIGIN.md), and the clips they were computed from. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { nodeAvDecoder } from '../../src/decode/node-av-decoder.ts';
import type { DecodeRequest } from '../../src/whisper/whisper-model.ts';
import { devData } from '../media.ts';

export const goldenFile = (name: string): string => path.join(import.meta.dirname, 'golden', name);
export const micro = goldenFile('micro');
/** With the development data: Whisper base and vectors that are too large to come along. */
export const base = devData === undefined ? null : path.join(devData, 'models/whisper-base');
export const largeGoldenFile = (name: string): string => path.join(devData ?? '', 'reference/whisper-golden', name);

/** One decoding by openai-whisper. */
export interface GoldenDecoding {
  readonly options: { readonly without_timestamps?: boolean; readonly beam_size?: number };
  readonly initialTokens: number[];
  readonly tokens: number[];
  readonly avgLogprob: number;
  readonly noSpeechProb: number;
  readonly tokenLogprobs: number[];
  readonly minTopGap?: number;
}

interface GoldenLogits {
  readonly top: [id: number, logit: number][];
  readonly logsumexp: number;
}

export interface GoldenClip {
  readonly file: string;
  readonly lang: string;
  readonly samples: number;
  readonly encoder: { readonly mean: number; readonly std: number; readonly absMax: number };
  readonly logits: { readonly prompt: number[]; readonly atSot: GoldenLogits; readonly atLast: GoldenLogits };
  readonly language: { readonly probs: Record<string, number> };
  readonly [decoding: string]: unknown;
}

export async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T;
}

export async function readFloats(file: string): Promise<Float32Array> {
  const bytes = await readFile(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** The decodings of a clip in the audio-padded window, by name. */
export function decodingsOf(clip: GoldenClip): [string, GoldenDecoding][] {
  const found: [string, GoldenDecoding][] = [];
  for (const [name, value] of Object.entries(clip)) {
    if (name === 'transcribeWindow' || typeof value !== 'object' || value === null) continue;
    if ('initialTokens' in value) found.push([name, value as GoldenDecoding]);
    if ('greedy' in value) found.push([`${name}, greedy`, value.greedy as GoldenDecoding]);
    if ('beam5' in value) found.push([`${name}, beams`, value.beam5 as GoldenDecoding]);
  }
  return found;
}

/** The request that the reference was asked. */
export const requestOf = ({ initialTokens, options }: GoldenDecoding): DecodeRequest => ({
  prompts: [initialTokens],
  timestamps: !options.without_timestamps,
  temperature: 0,
  beams: options.beam_size ?? 1,
});

const shipped = ['jfk', 'leo-de', 'edge-hiss'];

/** Null where the clip is among the development data and those are not here. */
export async function clipSamples(name: string, { file, samples }: GoldenClip): Promise<Float32Array | null> {
  if (name === 'edge-silence') return new Float32Array(samples);
  if (shipped.includes(name)) return decodeFile(goldenFile(`audio/${name}.flac`));
  return devData === undefined ? null : decodeFile(path.join(devData, file));
}

export async function decodeFile(file: string): Promise<Float32Array> {
  const audio = await nodeAvDecoder.open({ path: file, name: path.basename(file) }, new AbortController().signal);
  const chunks = await Array.fromAsync(audio.chunks);
  const samples = new Float32Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    samples.set(chunk, at);
    at += chunk.length;
  }
  return samples;
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  for (let index = 0; index < b.length; index += 1) largest = Math.max(largest, Math.abs((a[index] ?? Number.NaN) - (b[index] ?? Number.NaN)));
  return largest;
}
