/** What a worker says, or does, that costs its owner money: told loudly, on every page, and once in the log. */
import type { LifecycleReport } from '@bulk-transcribe/protocol';

export interface Alarm {
  /** The same for as long as it is the same trouble. */
  readonly kind: 'not_deleted' | 'still_there' | 'not_armed';
  readonly text: string;
}

/** A pod whose deletion was accepted is gone within seconds. Milliseconds. */
const GONE_BY_MS = 2 * 60_000;
const MINUTE_MS = 60_000;
const byHand = 'Terminate it by hand, in the console of its provider: until then it costs.';

/** `acceptedForMs`: for how long we have known that its deletion was accepted, while it answers. Null where nothing is wrong. */
export function alarmOf(name: string, { armed, notArmedBecause, termination }: LifecycleReport, acceptedForMs: number): Alarm | null {
  if (termination?.alarm) return { kind: 'not_deleted', text: `The pod ${name} cannot delete itself (${termination.lastAnswer}). ${byHand}` };
  if (acceptedForMs >= GONE_BY_MS) {
    const minutes = Math.floor(acceptedForMs / MINUTE_MS);
    return { kind: 'still_there', text: `The pod ${name} should be gone since ${minutes} minutes and still answers. ${byHand}` };
  }
  if (!armed) return { kind: 'not_armed', text: `The worker ${name} cannot end its own bill: ${notArmedBecause} End it by hand when you are done.` };
  return null;
}
