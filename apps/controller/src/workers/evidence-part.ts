import { createHash } from 'node:crypto';
import { AppError, EVIDENCE_SIZE_HEADER, MAX_PART_BYTES, PART_SHA256_HEADER } from '@bulk-transcribe/protocol';
import type { Dispatcher } from 'undici';

export interface EvidencePart {
  readonly bytes: Buffer;
  /** Bytes of the whole. */
  readonly size: number;
}

/** Throws worker_protocol where it is no part, input_corrupt where its bytes are not those that were sent. */
export async function toEvidencePart({ headers, body }: Dispatcher.ResponseData): Promise<EvidencePart> {
  const size = Number(headers[EVIDENCE_SIZE_HEADER]);
  if (!Number.isSafeInteger(size) || Number(headers['content-length']) > MAX_PART_BYTES) {
    await body.dump();
    throw new AppError('worker_protocol', "The worker's answer is no part of any evidence.");
  }
  const bytes = Buffer.from(await body.arrayBuffer());
  if (createHash('sha256').update(bytes).digest('hex') !== headers[PART_SHA256_HEADER])
    throw new AppError('input_corrupt', 'Evidence of speakers has arrived with other bytes than were sent.');
  return { bytes, size };
}
