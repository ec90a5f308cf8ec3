/** What went wrong last, for the owner of the workers: attempts that failed and claims that were lost, of this process, the newest first. */
import { type AppError, type RecentError, toTaskError } from '@bulk-transcribe/protocol';
import type { ClaimedTask } from '../jobs/task-ledger.ts';

const KEPT = 20;

export class RecentErrors {
  #list: readonly RecentError[] = [];

  get list(): readonly RecentError[] {
    return this.#list;
  }

  note(worker: string, { recording }: Pick<ClaimedTask, 'recording'>, error: AppError): void {
    const entry = { at: new Date().toISOString(), worker, recording: recording.name, error: toTaskError(error) };
    this.#list = [entry, ...this.#list].slice(0, KEPT);
  }
}
