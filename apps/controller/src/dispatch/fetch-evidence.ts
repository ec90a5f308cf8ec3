import { AppError, toAppError } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import type { ClaimedTask } from '../jobs/task-ledger.ts';
import type { WorkerClient } from '../workers/worker-client.ts';

/** Ten hours of two channels are 24 MB. Whatever is longer is not what we asked for. */
const MOST_BYTES = 64 * 1024 * 1024;

interface EvidenceSource {
  readonly client: WorkerClient;
  readonly task: ClaimedTask;
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/**
 * What the worker told speakers by, part by part; null where it has none or gives it wrongly: that costs the choice of another
 * number of speakers later, never the transcript. A hearing is for nothing else: there it rejects. So it does with worker_unavailable,
 * for the caller to come again.
 */
export async function fetchEvidence({ client, task, signal, log }: EvidenceSource): Promise<Uint8Array | null> {
  if (!task.options.diarization) return null;
  try {
    return await wholeEvidence(client, task.taskId, signal);
  } catch (cause) {
    signal.throwIfAborted();
    const error = toAppError(cause);
    if (error.code === 'worker_unavailable' || task.hearing) throw error;
    const { taskId, attempt } = task;
    log.warn({ err: cause, code: error.code, taskId, attempt }, 'no evidence of the speakers is kept: their number cannot be changed later');
    return null;
  }
}

async function wholeEvidence(client: WorkerClient, taskId: string, signal: AbortSignal): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let received = 0;
  for (;;) {
    const { bytes, size } = await client.evidencePart(taskId, received, signal);
    received += bytes.length;
    parts.push(bytes);
    if (size > MOST_BYTES || received > size || (bytes.length === 0 && received < size))
      throw new AppError('worker_protocol', `The worker gave ${received} of ${size} bytes of evidence.`);
    if (received === size) return Buffer.concat(parts);
  }
}
