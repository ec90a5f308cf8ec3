import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** In hexadecimal digits, read as a stream: a checkpoint has gigabytes. Rejects as reading does, and where `signal` aborts. */
export async function sha256Of(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 2 ** 20 }), hash, { ...(signal && { signal }) });
  return hash.digest('hex');
}
