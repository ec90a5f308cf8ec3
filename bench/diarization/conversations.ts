/** Recordings with a reference of who speaks when. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { chooseDecoder, splitChannels } from '@bulk-transcribe/speech';

export interface Conversation {
  readonly set: string;
  readonly audio: string;
  /** RTTM file. */
  readonly reference: string;
  /** Whether each channel is heard by itself where they differ. */
  readonly stereo?: true;
}

/** The recordings of the development audio that have a reference. */
export async function recorded(folder: string): Promise<Conversation[]> {
  const entries: { id: string; file: string; rttm?: string }[] = JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8'));
  const named = (await readdir(path.join(folder, 'rttm'))).map((file) => path.basename(file, '.rttm'));
  return named.flatMap((id) => {
    const entry = entries.find((one) => one.id === id);
    const set = /^(synth|call)/.test(id) ? 'given' : 'real';
    if (!entry) return [];
    const one = { set, audio: path.join(folder, entry.file), reference: path.join(folder, 'rttm', `${id}.rttm`) };
    return id.startsWith('call') ? [one, { ...one, set: 'call, by channel', stereo: true as const }] : [one];
  });
}

/** Made conversations: `mix-*.wav`, each with its RTTM file. */
export async function mixed(folder: string): Promise<Conversation[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.wav')).sort();
  return files.map((file) => {
    const set = /^mix-([a-z]+)/.exec(file)?.[1] ?? 'mix';
    return { set: `mix-${set}`, audio: path.join(folder, file), reference: path.join(folder, file.replace(/wav$/, 'rttm')) };
  });
}

/** Its samples, decoded as they are asked for. */
export async function* samplesOf({ audio, stereo }: Conversation): AsyncGenerator<readonly Float32Array[]> {
  const decoder = await chooseDecoder('auto');
  const { chunks, channels } = await decoder.open({ path: audio, name: path.basename(audio) }, new AbortController().signal, {
    stereo: stereo === true,
  });
  for await (const chunk of chunks) yield splitChannels(chunk, channels);
}
