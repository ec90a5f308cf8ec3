/** Which notes of a transcript a person has seen; this browser remembers it. */
import type { Warning } from '@bulk-transcribe/protocol';
import { useStoredValue } from '../stored-value.ts';

export interface Review {
  /** In the order of the notes. */
  readonly unseen: readonly Warning[];
  readonly isSeen: (warning: Warning) => boolean;
  readonly mark: (warning: Warning, isSeen: boolean) => void;
}

const none: readonly string[] = [];

export const keyOf = ({ code, start, message }: Warning): string => `${code} ${start} ${message}`;

export function useReview(taskId: string, warnings: readonly Warning[]): Review {
  const [seen, keep] = useStoredValue(`seen-notes-${taskId}`, none);
  const isSeen = (warning: Warning): boolean => seen.includes(keyOf(warning));
  return {
    unseen: warnings.filter((warning) => !isSeen(warning)),
    isSeen,
    mark: (warning, isMarked) => keep([...seen.filter((key) => key !== keyOf(warning)), ...(isMarked ? [keyOf(warning)] : [])]),
  };
}

/** The next note with a place behind `time`, the first again after the last; undefined where none is left. */
export function nextPlace(unseen: readonly Warning[], time: number): number | undefined {
  const places = unseen.flatMap(({ start }) => start ?? []).toSorted((a, b) => a - b);
  // The place itself, where the player stands after the jump, is not behind it.
  return places.find((start) => start > time + 0.05) ?? places[0];
}
