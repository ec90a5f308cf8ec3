/** One file of a repository, continued after whatever cut it, and never under its own name before its hash is right. */
import { existsSync } from 'node:fs';
import { AppError } from '@bulk-transcribe/protocol';
import type { FileFacts, FileLocation, Hub } from '../hub/hub.ts';
import { TemporaryFailure } from '../hub/temporary-failure.ts';
import { matchingSha256 } from './digest.ts';
import { PartFile } from './part-file.ts';
import { type Wait, withRetries } from './retries.ts';

export interface FileDownload {
  readonly hub: Hub;
  readonly location: FileLocation;
  readonly facts: FileFacts;
  /** Where the whole file goes. */
  readonly target: string;
  /** Where it lies until then. */
  readonly part: string;
  readonly wait: Wait;
  readonly signal: AbortSignal;
  /** Bytes of this file that are there; goes down where a file is begun anew. */
  readonly onProgress: (bytes: number) => void;
}

/** Wrong bytes may come from a proxy's damaged store: one more try, then it is said. */
const MAX_CORRUPT = 2;

/** The SHA-256 of the file that now lies at `target`. AppError model_download_failed, and those of the hub. */
export async function downloadFile(download: FileDownload): Promise<string> {
  const { facts, target, onProgress } = download;
  const there = existsSync(target) ? await matchingSha256(target, facts) : null;
  if (there !== null) {
    onProgress(facts.size);
    return there;
  }
  await using part = await PartFile.open(download.part, facts, download.location.commit);
  for (let corrupt = 0; corrupt < MAX_CORRUPT; corrupt += 1) {
    onProgress(part.size);
    await fetchRest(download, part);
    const sha256 = await part.finish(target);
    if (sha256 !== null) return sha256;
  }
  throw new AppError('model_download_failed', `The file ${facts.name} came ${MAX_CORRUPT} times with bytes that do not match its hash.`);
}

const fetchRest = (download: FileDownload, part: PartFile): Promise<void> =>
  withRetries(() => fetchOnce(download, part), { ...download, progress: () => part.size });

async function fetchOnce({ hub, location, facts, signal, onProgress }: FileDownload, part: PartFile): Promise<void> {
  if (part.size === facts.size) return;
  const { offset, validator, chunks } = await hub.bytes(location, { offset: part.size, validator: part.validator }, signal);
  if (offset < part.size || part.size === 0) await part.restart(validator);
  const what = `file ${facts.name} of ${location.repository}`;
  for await (const chunk of chunks) {
    if (part.size + chunk.length > facts.size) throw await tooLong(part, facts.size, what);
    await part.append(chunk);
    onProgress(part.size);
  }
  // A server may end an answer early without saying how long it would have been.
  if (part.size < facts.size) throw new TemporaryFailure(`The ${what}: only ${part.size} of ${facts.size} bytes came.`);
}

async function tooLong(part: PartFile, size: number, what: string): Promise<TemporaryFailure> {
  await part.restart('');
  return new TemporaryFailure(`The ${what}: more bytes came than it has (${size}).`);
}
