import { statfs } from 'node:fs/promises';
import { AppError } from '@bulk-transcribe/protocol';

/** What an upload must leave free for the database and the log, bytes. */
const RESERVE_BYTES = 64 * 1024 * 1024;

/** Throws disk_full where `bytes` more would not fit. */
export async function requireFreeSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes + RESERVE_BYTES) return;
  throw new AppError('disk_full', `The recording needs ${megabytes(bytes)}, and the disk has ${megabytes(free)} left.`);
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`;
