/** Recordings made in code, and where development recordings lie. */
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sampleRecording } from '@bulk-transcribe/sample';
import { nodeAvDecoder } from '../src/decode/node-av-decoder.ts';

export const RATE = 16_000;
export const devData = process.env['BULK_TRANSCRIBE_DEV_DATA'];

/** A folder that goes with the test. */
export async function temporaryFolder(): Promise<{ path: (name: string) => string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), 'speech-'));
  return { path: (name) => path.join(folder, name), [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

export function wavHeader(samples: number, channels = 1): Buffer {
  const bytes = samples * 2 * channels;
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + bytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 2 * channels, 28);
  header.writeUInt16LE(2 * channels, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(bytes, 40);
  return header;
}

export async function writeWav(file: string, samples: Float32Array): Promise<string> {
  await writeFile(file, Buffer.concat([wavHeader(samples.length), toPcm(samples)]));
  return file;
}

/** 16 bit. */
export const toPcm = (samples: Float32Array): Buffer =>
  Buffer.from(Int16Array.from(samples, (sample) => Math.round(Math.max(-1, Math.min(1, sample)) * 32_767)).buffer);

/** Hours of digital silence that take no disk: the file is one hole. */
export async function writeSilence(file: string, seconds: number): Promise<string> {
  const handle = await open(file, 'w');
  await handle.write(wavHeader(seconds * RATE));
  await handle.truncate(44 + seconds * RATE * 2);
  await handle.close();
  return file;
}

export { seeded as random } from '../../../e2e/seeded.ts';

export async function sampleAudio(): Promise<Float32Array> {
  const audio = await nodeAvDecoder.open(sampleRecording, new AbortController().signal);
  const chunks = await Array.fromAsync(audio.chunks);
  return Float32Array.from(chunks.flatMap((chunk) => [...chunk]));
}

export function repeat(samples: Float32Array, times: number): Float32Array {
  const result = new Float32Array(samples.length * times);
  for (let round = 0; round < times; round += 1) result.set(samples, round * samples.length);
  return result;
}

/** An AVI file with one uncompressed picture of 2 × 2 pixels and no sound. */
export function silentFilm(): Buffer {
  const chunk = (id: string, body: Buffer) => Buffer.concat([Buffer.from(id), uint32(body.length), body]);
  const list = (type: string, ...parts: Buffer[]) => chunk('LIST', Buffer.concat([Buffer.from(type), ...parts]));
  const uint32 = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer);
  const [width, height, frameBytes] = [2, 2, 16];
  const main = chunk('avih', uint32(40_000, 0, 0, 0x10, 1, 0, 1, frameBytes, width, height, 0, 0, 0, 0));
  const header = Buffer.concat([Buffer.from('vids'), uint32(0, 0, 0, 0, 1, 25, 0, 1, frameBytes, 0, 0, 0, 0)]);
  const picture = uint32(40, width, height, 1 | (24 << 16), 0, frameBytes, 0, 0, 0, 0);
  const streams = list('hdrl', main, list('strl', chunk('strh', header), chunk('strf', picture)));
  const body = Buffer.concat([Buffer.from('AVI '), streams, list('movi', chunk('00db', Buffer.alloc(frameBytes)))]);
  return chunk('RIFF', body);
}
