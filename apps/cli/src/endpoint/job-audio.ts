import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '@bulk-transcribe/protocol';
import { fromUser } from '../config.ts';

/** RunPod takes jobs of 10 MB, and base64 makes four bytes of three. */
const LARGEST_BYTES = 7_000_000;

/** A recording as a job carries it: an address as it is, a file as its bytes. Throws not_found, payload_too_large. */
export async function jobAudio(given: string): Promise<{ audio: string } | { audio_base64: string }> {
  if (/^https?:\/\//i.test(given)) return { audio: given };
  const file = fromUser(given);
  const size = (await stat(file).catch(() => null))?.size;
  if (size === undefined) throw new AppError('not_found', `${path.basename(file)} is not there.`);
  if (size > LARGEST_BYTES)
    throw new AppError('payload_too_large', `${path.basename(file)} is larger than 7 MB: put it behind an https:// address and give that.`);
  return { audio_base64: (await readFile(file)).toString('base64') };
}
