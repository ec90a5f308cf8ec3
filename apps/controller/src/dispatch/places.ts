/** Where a task runs, or why it waits, in words. */
import { type ModelPreparation, SPEAKERS, type TaskWorker } from '@bulk-transcribe/protocol';
import type { TaskKind } from '../jobs/task-kind.ts';
import { type Candidate, type Fleet, fits, lacksModel, preparationOf, remotes, suits, takes, willSuit } from './routing.ts';

export interface Place {
  /** Null where it waits for a worker. */
  readonly worker: TaskWorker | null;
  /** Why there, or why it waits; empty where there is nothing to explain. */
  readonly reason: string;
  /** It waits for more than a slot: a worker, or a model. */
  readonly waits: boolean;
}

/** Where a task that came now would run; one that only waits for a slot, or for its model, is where that is. */
export function placeOf(kind: TaskKind, fleet: Fleet): Place {
  const { candidates } = fleet;
  const suited = candidates.filter((candidate) => suits(candidate, kind, fleet));
  const best = suited.find(({ remote, free }) => remote && free > 0) ?? suited.find((candidate) => takes(candidate, kind, fleet));
  const coming = candidates.find((candidate) => willSuit(candidate, kind, fleet));
  const there = best ?? (suited.some(({ remote }) => remote) ? undefined : coming) ?? suited[0];
  if (!there) return { worker: null, reason: whyNowhere(kind, fleet), waits: true };
  const waits = there === coming;
  return { worker: there.worker, reason: waits ? describePreparation(there, kind) : whyHere(there, kind, fleet), waits };
}

/** Why a task comes to this worker though a remote one was to be used; empty where that is not so. */
export function whyHere({ remote }: Candidate, kind: TaskKind, fleet: Fleet): string {
  if (remote || kind.compute !== 'auto') return '';
  return whyNotRemote(kind, fleet);
}

function whyNowhere(kind: TaskKind, fleet: Fleet): string {
  if (kind.compute === 'gpu' && fleet.mode === 'off') return 'It asks for a GPU, and the remote worker is off.';
  const isForRemote = fleet.mode === 'required' || kind.compute === 'gpu';
  if (isForRemote) return whyNotRemote(kind, fleet);
  const local = fleet.candidates.find(({ remote }) => !remote);
  if (!local?.usable) return local?.message ?? '';
  const here = kind.model === SPEAKERS ? 'This computer cannot tell speakers apart.' : `This computer does not have the model ${kind.model}.`;
  return kind.compute === 'cpu' ? here : [here, whyNotRemote(kind, fleet)].filter(Boolean).join(' ');
}

/** Why no remote worker takes it; empty where none was to. */
function whyNotRemote(kind: TaskKind, fleet: Fleet): string {
  if (fleet.mode === 'off') return '';
  const all = remotes(fleet);
  if (all.length === 0) return 'No remote worker is set up.';
  if (!all.some(({ usable }) => usable)) return all.map(({ message }) => message).join(' ');
  const fit = all.filter((remote) => fits(remote, kind, fleet));
  if (fit.length === 0) return 'The remote worker computes on the CPU.';
  if (fit.some((remote) => suits(remote, kind, fleet))) return 'Every slot of the remote worker was taken.';
  if (kind.model === SPEAKERS) return 'The remote worker cannot tell speakers apart.';
  return fit
    .filter((remote) => lacksModel(remote, kind, fleet))
    .map((remote) => describePreparation(remote, kind))
    .join(' ');
}

function describePreparation(candidate: Candidate, kind: TaskKind): string {
  const { name } = candidate.worker;
  const preparation = preparationOf(candidate, kind);
  return preparation ? describeModel(name, preparation) : `The worker ${name} is asked to prepare the model ${kind.model}.`;
}

/** "The worker pod-a prepares the model large-v3-turbo, 43 %." */
export function describeModel(worker: string, { name, state, doneBytes, totalBytes, error }: ModelPreparation): string {
  if (state === 'failed') return `The worker ${worker} cannot get the model ${name}: ${error?.message ?? 'it does not say why.'}`;
  if (state === 'loading') return `The worker ${worker} loads the model ${name}.`;
  const percent = totalBytes ? `, ${Math.floor((100 * doneBytes) / totalBytes)} %` : '';
  return `The worker ${worker} prepares the model ${name}${percent}.`;
}
