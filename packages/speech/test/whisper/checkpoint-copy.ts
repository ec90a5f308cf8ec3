/** The micro checkpoint, with something changed. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { temporaryFolder } from '../media.ts';
import { micro } from './golden.ts';

type Json = Record<string, unknown>;

/** A value replaces the key, undefined removes it. */
export type Changes = Readonly<Record<string, Json | null>>;

/** `files`: what changes in which JSON file; null removes the file. */
export async function checkpointCopy(files: Changes = {}): Promise<{ folder: string } & AsyncDisposable> {
  const temporary = await temporaryFolder();
  const folder = temporary.path('checkpoint');
  await cp(micro, folder, { recursive: true });
  for (const [name, changes] of Object.entries(files)) {
    const file = path.join(folder, name);
    if (changes === null) await rm(file);
    else await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8').catch(() => '{}')), ...changes }));
  }
  return { folder, [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose]() };
}

export interface RawTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export async function readTensors(file: string): Promise<Map<string, RawTensor>> {
  const bytes = await readFile(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const data = bytes.subarray(8 + length);
  return new Map(
    Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(([name, { dtype, shape, data_offsets: offsets }]) => [name, { dtype, shape, bytes: data.subarray(...offsets) }]),
  );
}

/** A well-formed file of these tensors. */
export function safetensors(tensors: ReadonlyMap<string, RawTensor>): Buffer {
  let end = 0;
  const header: Json = { __metadata__: { format: 'pt' } };
  for (const [name, { dtype, shape, bytes }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [end, end + bytes.length] };
    end += bytes.length;
  }
  return rawSafetensors(JSON.stringify(header), Buffer.concat([...tensors.values()].map(({ bytes }) => bytes)));
}

export function rawSafetensors(header: string, data: Uint8Array, claimed = Buffer.byteLength(header)): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(claimed));
  return Buffer.concat([length, Buffer.from(header), data]);
}
