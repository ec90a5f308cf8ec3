import { type FileHandle, open } from 'node:fs/promises';
import { AppError, MAX_PART_BYTES, type WorkerTask } from '@bulk-transcribe/protocol';
import type { WorkerClient } from '../workers/worker-client.ts';

/** How often the worker and we may disagree about what has arrived before the attempt is given up. */
const MAX_CORRECTIONS = 3;

interface Input {
  readonly client: WorkerClient;
  readonly task: WorkerTask;
  /** Where the bytes of the recording lie. */
  readonly file: string;
  readonly signal: AbortSignal;
}

/** Sends what the worker does not have yet, part by part. */
export async function sendInput({ client, task, file, signal }: Input): Promise<void> {
  if (task.state !== 'awaiting_input') return;
  await using handle = await openRecording(file);
  let { received } = task;
  let corrections = 0;
  while (received < task.size) {
    const bytes = await readPart(handle, received, task.size);
    try {
      ({ received } = await client.sendInputPart(task.id, { offset: received, bytes, signal }));
    } catch (cause) {
      const outOfStep = cause instanceof AppError && cause.code === 'input_offset';
      corrections += 1;
      if (!outOfStep || corrections > MAX_CORRECTIONS) throw cause;
      ({ received } = await client.inputReceived(task.id, signal));
    }
  }
}

async function openRecording(file: string): Promise<FileHandle> {
  try {
    return await open(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw new AppError('not_found', 'The file of this recording is gone.', { cause });
    throw cause;
  }
}

async function readPart(handle: FileHandle, offset: number, size: number): Promise<Buffer> {
  const part = Buffer.alloc(Math.min(MAX_PART_BYTES, size - offset));
  const { bytesRead } = await handle.read(part, 0, part.length, offset);
  if (bytesRead === 0) throw new AppError('input_incomplete', 'The file of this recording is shorter than it was when it arrived.');
  return part.subarray(0, bytesRead);
}
