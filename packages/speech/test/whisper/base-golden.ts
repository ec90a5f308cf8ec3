/** Golden numbers of the reference implementation that are too large to lie here: they are in the development data. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe } from 'vitest';
import { devData } from '../media.ts';

if (!devData) console.warn('BULK_TRANSCRIBE_DEV_DATA is not set: nothing is tested with whisper-base here.');

/** Tests that want the checkpoint whisper-base, in its folder. Without development data there are none. */
export function describeWithBase(name: string, tests: (folder: string) => Promise<void>): void {
  const folder = devData ? path.join(devData, 'models/whisper-base') : null;
  if (folder) describe(name, () => tests(folder));
}

const goldenFile = (name: string): string => path.join(devData ?? '', 'reference/whisper-golden', name);

export async function golden<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(goldenFile(name), 'utf8')) as T;
}

/** Raw little-endian float32. */
export async function goldenFloats(name: string): Promise<Float32Array> {
  const bytes = await readFile(goldenFile(name));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
