/** What can be taken back of a transcript: kept by the tab, so that a reload does not lose it. */
import type { Job } from '@bulk-transcribe/protocol';
import type { Correction } from './corrections.ts';

/** Most corrections that are kept. */
const MOST = 100;

/** To which revision the last of them was made: once somebody else has changed the transcript, none can be taken back any more. */
interface Kept {
  readonly revision: number;
  readonly undos: readonly Correction[];
}

const PREFIX = 'undo ';
const keyOf = (taskId: string): string => PREFIX + taskId;

export function keepUndos(taskId: string, { revision, undos }: Kept): void {
  try {
    sessionStorage.setItem(keyOf(taskId), JSON.stringify({ revision, undos: undos.slice(-MOST) }));
  } catch {
    // No room: a correction that cannot be taken back is better than one that cannot be made.
    sessionStorage.removeItem(keyOf(taskId));
  }
}

export const forgetUndos = (taskId: string): void => sessionStorage.removeItem(keyOf(taskId));

/** Nothing is kept of a transcript that was deleted. */
export function forgetDeleted(jobs: readonly Job[]): void {
  const kept = Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
  if (kept.length === 0) return;
  const there = new Set(jobs.flatMap(({ tasks }) => tasks.map(({ id }) => keyOf(id))));
  for (const key of kept) if (!there.has(key)) sessionStorage.removeItem(key);
}

/** In the order in which the corrections were made; none where the transcript is at another revision now. */
export function keptUndos(taskId: string, revision: number): readonly Correction[] {
  const text = sessionStorage.getItem(keyOf(taskId));
  const kept = text === null ? null : (JSON.parse(text) as Kept);
  return kept?.revision === revision ? kept.undos : [];
}
