/** The recordings as samples, so that both sides hear the same and neither reads media files. */
import { copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chooseDecoder } from '@bulk-transcribe/speech';
import type { Recordings } from '../recordings.ts';
import { fileOf } from '../transcribe-entries.ts';

const RATE = 16_000;
const HEADER_BYTES = 44;

/** As WAV files into `folder`; the manifest comes along. */
export async function writePcm(recordings: Recordings, folder: string): Promise<Recordings> {
  const decoder = await chooseDecoder('auto');
  await copyFile(path.join(recordings.folder, 'manifest.json'), path.join(folder, 'manifest.json'));
  for (const entry of recordings.entries) {
    const audio = await decoder.open(fileOf(recordings.folder, entry), new AbortController().signal);
    const chunks = await Array.fromAsync(audio.chunks, toInt16);
    await writeFile(path.join(folder, `${entry.id}.wav`), wav(Buffer.concat(chunks)));
  }
  return { ...recordings, folder, entries: recordings.entries.map((entry) => ({ ...entry, file: `${entry.id}.wav` })) };
}

const toInt16 = (samples: Float32Array): Uint8Array =>
  new Uint8Array(Int16Array.from(samples, (sample) => Math.round(Math.max(-1, Math.min(1, sample)) * 32_767)).buffer);

/** 16-bit samples, mono. */
function wav(data: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0);
  header.writeUInt32LE(HEADER_BYTES - 8 + data.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // channels
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}
