/**
 * Evidence as bytes, to be stored with a result: about 1.2 MB per hour and channel. Voice prints are kept as float16, which moves
 * a similarity by less than 1e-4; what is heard is compressed.
 *
 *   "BTSE", version, channels; then for each channel
 *   samples u32, windows u32, frames u32, spans u32, compressed bytes u32, compressed: active | count + 4 × changes | rows u16; prints f16
 *
 * All little-endian.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ChannelEvidence, SpeakerEvidence } from './evidence.ts';
import { ROW_SEC } from './fbank.ts';
import { FRAMES } from './frames.ts';
import { DIMENSIONS } from './voice-print.ts';

const MAGIC = 'BTSE';
const VERSION = 1;
const HEAD = 6;
const CHANNEL_HEAD = 5 * 4;

export function encodeEvidence({ channels }: SpeakerEvidence): Uint8Array {
  const head = Buffer.alloc(HEAD);
  head.write(MAGIC, 'latin1');
  head.writeUInt8(VERSION, 4);
  head.writeUInt8(channels.length, 5);
  return Buffer.concat([head, ...channels.flatMap(encodeChannel)]);
}

/** Throws where the bytes are not evidence of this version. */
export function decodeEvidence(bytes: Uint8Array): SpeakerEvidence {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < HEAD || buffer.toString('latin1', 0, 4) !== MAGIC) throw new Error('These bytes are no speaker evidence.');
  if (buffer[4] !== VERSION) throw new Error(`Speaker evidence of version ${buffer[4]} is not known here.`);
  const channels: ChannelEvidence[] = [];
  let at = HEAD;
  for (let channel = 0; channel < (buffer[5] ?? 0); channel += 1) {
    const decoded = decodeChannel(buffer.subarray(at));
    channels.push(decoded.evidence);
    at += decoded.length;
  }
  return { channels };
}

function encodeChannel({ samples, active, count, changes, embeddings, seconds }: ChannelEvidence): Buffer[] {
  const frames = count.map((talking, frame) => talking + 4 * (changes[frame] as number));
  const rows = Uint16Array.from(seconds, (length) => Math.round(length / ROW_SEC));
  const heard = deflateRawSync(Buffer.concat([active, frames, bytesOf(rows)]));
  const head = Buffer.alloc(CHANNEL_HEAD);
  for (const [index, value] of [samples, active.length / FRAMES, count.length, seconds.length, heard.length].entries())
    head.writeUInt32LE(value, 4 * index);
  return [head, heard, bytesOf(Float16Array.from(embeddings))];
}

function decodeChannel(buffer: Buffer): { evidence: ChannelEvidence; length: number } {
  if (buffer.length < CHANNEL_HEAD) throw new Error('Speaker evidence ends too early.');
  const [samples = 0, windows = 0, frames = 0, spans = 0, compressed = 0] = Array.from({ length: 5 }, (_, index) => buffer.readUInt32LE(4 * index));
  const prints = CHANNEL_HEAD + compressed;
  const length = prints + spans * DIMENSIONS * 2;
  if (buffer.length < length) throw new Error('Speaker evidence ends too early.');
  const heard = inflateRawSync(buffer.subarray(CHANNEL_HEAD, prints), { maxOutputLength: windows * FRAMES + frames + 2 * spans });
  const flags = heard.subarray(windows * FRAMES, windows * FRAMES + frames);
  const evidence = {
    samples,
    active: Uint8Array.from(heard.subarray(0, windows * FRAMES)),
    count: Uint8Array.from(flags, (value) => value % 4),
    changes: Uint8Array.from(flags, (value) => value >> 2),
    embeddings: Float32Array.from(new Float16Array(ownBuffer(buffer.subarray(prints, length)))),
    seconds: Float32Array.from(new Uint16Array(ownBuffer(heard.subarray(windows * FRAMES + frames))), (rows) => rows * ROW_SEC),
  };
  return { evidence, length };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint16Array | Float16Array): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);

/** Aligned for any element. */
const ownBuffer = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;
