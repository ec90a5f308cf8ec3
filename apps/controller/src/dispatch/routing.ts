/**
 * Who may take which task, decided anew at every claim: so a change of the mode, or a pod that comes or goes, counts for the
 * next task, and a running one finishes where it runs.
 *
 * | mode     | auto                                                        | gpu           | cpu           |
 * | off      | this computer                                               | waits         | this computer |
 * | optional | remote workers; this computer once none of them has a slot  | remote GPU    | this computer |
 * | required | remote workers; waits for one                               | remote GPU    | this computer |
 *
 * (A cpu task under `required` was asked for before the mode was; new ones are refused at the door.)
 */
import type { Compute, RemoteMode, TaskWorker } from '@bulk-transcribe/protocol';
import type { TaskKind } from '../jobs/task-kind.ts';

/** One worker as routing sees it. */
export interface Candidate {
  readonly worker: TaskWorker;
  readonly remote: boolean;
  /** A GPU really computes. */
  readonly gpu: boolean;
  /** It takes work, and is fit for it. */
  readonly usable: boolean;
  /** Why it is not usable, for people. */
  readonly message: string;
  /** It has not been asked yet: the answer is worth a moment's patience. */
  readonly pending: boolean;
  readonly free: number;
  readonly models: readonly string[];
}

export interface Fleet {
  readonly mode: RemoteMode;
  readonly candidates: readonly Candidate[];
}

const choicesByMode: Readonly<Record<RemoteMode, readonly Compute[]>> = {
  off: ['auto', 'cpu'],
  optional: ['auto', 'gpu', 'cpu'],
  required: ['auto', 'gpu'],
};

/** What a new job may choose. */
export const choicesIn = (mode: RemoteMode): readonly Compute[] => choicesByMode[mode];

const knows = ({ usable, models }: Candidate, { model }: TaskKind): boolean => usable && models.includes(model);
const remotes = ({ mode, candidates }: Fleet): readonly Candidate[] => (mode === 'off' ? [] : candidates.filter(({ remote }) => remote));

/** Whether the worker may have it in this mode once a slot is free. */
export function suits(candidate: Candidate, kind: TaskKind, fleet: Fleet): boolean {
  if (!knows(candidate, kind)) return false;
  if (candidate.remote) return fleet.mode !== 'off' && kind.compute !== 'cpu' && (kind.compute === 'auto' || candidate.gpu);
  return kind.compute === 'cpu' || (kind.compute === 'auto' && fleet.mode !== 'required');
}

/** Whether the worker takes a task of this kind now; it has a free slot. */
export function takes(candidate: Candidate, kind: TaskKind, fleet: Fleet): boolean {
  if (!suits(candidate, kind, fleet)) return false;
  if (candidate.remote || kind.compute === 'cpu') return true;
  return !remotes(fleet).some((remote) => remote.pending || (remote.free > 0 && suits(remote, kind, fleet)));
}

/** Why a task comes to this worker though a remote one was to be used; empty where that is not so. */
export function whyHere({ remote }: Candidate, kind: TaskKind, fleet: Fleet): string {
  if (remote || kind.compute !== 'auto') return '';
  return whyNotRemote(kind, fleet);
}

/** Why no remote worker takes it, in words; empty where none was to. */
function whyNotRemote(kind: TaskKind, fleet: Fleet): string {
  if (fleet.mode === 'off') return '';
  const all = remotes(fleet);
  if (all.length === 0) return 'No remote worker is set up.';
  const usable = all.filter((remote) => remote.usable);
  if (usable.length === 0) return all.map(({ message }) => message).join(' ');
  if (!usable.some((remote) => knows(remote, kind))) return `The remote worker does not have the model ${kind.model}.`;
  if (!usable.some((remote) => suits(remote, kind, fleet))) return 'The remote worker computes on the CPU.';
  return 'Every slot of the remote worker was taken.';
}

export interface Place {
  /** Null where it waits. */
  readonly worker: TaskWorker | null;
  /** Why there, or why it waits; empty where there is nothing to explain. */
  readonly reason: string;
}

/** Where a task that came now would run; one that only waits for a slot is where that slot is. */
export function placeOf(kind: TaskKind, fleet: Fleet): Place {
  const suited = fleet.candidates.filter((candidate) => suits(candidate, kind, fleet));
  const best = suited.find(({ remote, free }) => remote && free > 0) ?? suited.find((candidate) => takes(candidate, kind, fleet)) ?? suited[0];
  if (best) return { worker: best.worker, reason: whyHere(best, kind, fleet) };
  if (kind.compute === 'gpu' && fleet.mode === 'off') return { worker: null, reason: 'It asks for a GPU, and the remote worker is off.' };
  const local = fleet.candidates.find(({ remote }) => !remote);
  const waits = fleet.mode === 'required' || kind.compute === 'gpu' ? whyNotRemote(kind, fleet) : (local?.message ?? '');
  return { worker: null, reason: waits };
}
