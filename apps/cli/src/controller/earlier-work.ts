import type { Job, Recording, Task } from '@bulk-transcribe/protocol';
import type { Pending } from '../transcribe/batch.ts';
import { hashOptions } from '../transcribe/output-folder.ts';

/**
 * What the session holds from runs that were stopped: nothing is kept here of what the controller knows better. Each task and
 * recording is given out once, as several files may have the same name and bytes.
 */
export class EarlierWork {
  readonly #tasks: Task[];
  readonly #recordings: Recording[];

  /** `options`: hash of those that are asked for. */
  constructor(jobs: readonly Job[], unused: readonly Recording[], options: string) {
    this.#tasks = jobs.filter((job) => hashOptions(job.options) === options).flatMap(({ tasks }) => tasks);
    this.#recordings = [...unused];
  }

  /** The task that does just this. */
  takeTask(pending: Pending): Task | null {
    return take(this.#tasks, ({ recording }) => isOf(recording, pending));
  }

  /** Sent, but not yet part of a job. */
  takeRecording(pending: Pending): Recording | null {
    return take(this.#recordings, (recording) => isOf(recording, pending));
  }
}

const isOf = ({ sha256, name }: Recording, { work, input }: Pending): boolean => sha256 === work.sha256 && name === input.name;

function take<T>(from: T[], fits: (item: T) => boolean): T | null {
  const index = from.findIndex(fits);
  return index < 0 ? null : (from.splice(index, 1)[0] ?? null);
}
