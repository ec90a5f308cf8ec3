/** How many numbers the weights of a checkpoint are, from the headers of its safetensors files alone. */
import { open } from 'node:fs/promises';

/** Little-endian length of the header, before the header itself (safetensors format). */
const LENGTH_BYTES = 8;
/** The format's own limit for a header. */
const MAX_HEADER_BYTES = 100e6;

interface TensorEntry {
  readonly shape?: readonly number[];
}

/** Null where the file is no safetensors file, or cut. */
export async function countParameters(file: string): Promise<number | null> {
  await using handle = await open(file);
  const { size } = await handle.stat();
  const length = Buffer.alloc(LENGTH_BYTES);
  if ((await handle.read(length)).bytesRead < LENGTH_BYTES) return null;
  const headerBytes = Number(length.readBigUInt64LE());
  if (headerBytes > MAX_HEADER_BYTES || headerBytes + LENGTH_BYTES > size) return null;
  const header = Buffer.alloc(headerBytes);
  await handle.read(header, { position: LENGTH_BYTES });
  return sum(header.toString('utf8'));
}

function sum(headerText: string): number | null {
  try {
    const { __metadata__: _, ...tensors } = JSON.parse(headerText) as Record<string, TensorEntry>;
    return Object.values(tensors).reduce((total, { shape = [] }) => total + shape.reduce((product, length) => product * length, 1), 0);
  } catch {
    return null;
  }
}
