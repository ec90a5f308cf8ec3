import { statfs } from 'node:fs/promises';
import { AppError } from '@bulk-transcribe/protocol';

/** What must be left for everything else on the disk, bytes. */
const RESERVE_BYTES = 256 * 1024 * 1024;

/** Throws disk_full where `bytes` more would not fit. */
export async function requireSpace(folder: string, bytes: number, what: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes + RESERVE_BYTES) return;
  throw new AppError('disk_full', `${what} needs ${megabytes(bytes)} more in ${folder}, and the disk has ${megabytes(free)} left.`);
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`;
