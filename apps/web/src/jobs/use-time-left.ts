import { useRef } from 'react';
import { type Sighting, secondsLeft } from './job-summary.ts';

interface Work {
  readonly done: number;
  /** In the unit of `done`; null where it is not known. */
  readonly total: number | null;
  /** Another run is measured anew. */
  readonly run: number;
}

/** Seconds left, measured from the first progress this page saw of the run, by this computer's clock alone; null while that is not known. */
export function useTimeLeft({ done, total, run }: Work): number | null {
  const first = useRef<(Sighting & { readonly run: number }) | null>(null);
  if (done === 0) return null;
  const now = { done, at: performance.now() };
  if (first.current?.run !== run || first.current.done > done) first.current = { ...now, run };
  return secondsLeft({ first: first.current, now, total });
}
