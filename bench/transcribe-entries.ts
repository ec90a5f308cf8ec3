/** Recordings through the engine of this process. */
import path from 'node:path';
import type { TranscribeOptions, Transcript } from '@bulk-transcribe/protocol';
import { type TranscribedAll, type Transcriber, transcribeAll } from '@bulk-transcribe/speech';
import type { Entry, Recordings } from './recordings.ts';

export const fileOf = (folder: string, { id, file }: Entry) => ({ path: path.join(folder, file), name: id });

interface TranscribedEntries extends Omit<TranscribedAll, 'transcripts'> {
  readonly transcripts: Readonly<Record<string, Transcript>>;
}

/** `cpuSec` is all that this process used meanwhile, and its decoders. */
export async function transcribeEntries(
  { transcribe }: Pick<Transcriber, 'transcribe'>,
  { folder, entries }: Pick<Recordings, 'folder' | 'entries'>,
  optionsFor: (entry: Entry) => TranscribeOptions,
): Promise<TranscribedEntries> {
  const jobs = entries.map((entry) => ({ recording: fileOf(folder, entry), options: optionsFor(entry) }));
  const before = process.cpuUsage();
  const all = await transcribeAll(transcribe, jobs, new AbortController().signal);
  const { user, system } = process.cpuUsage(before);
  const pairs = entries.flatMap(({ id }, index) => all.transcripts.slice(index, index + 1).map((transcript) => [id, transcript] as const));
  return { ...all, transcripts: Object.fromEntries(pairs), cpuSec: (user + system) / 1e6 + (all.steps['decode']?.cpuSec ?? 0) };
}
