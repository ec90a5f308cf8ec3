/**
 * Who may take which task, decided anew at every claim: so a change of the mode, or a pod that comes or goes, counts for the
 * next task, and a running one finishes where it runs.
 *
 * | mode     | auto                                                        | gpu           | cpu           |
 * | off      | this computer                                               | waits         | this computer |
 * | optional | remote workers; this computer where none of them can begin    | remote GPU    | this computer |
 * | required | remote workers; waits for one                               | remote GPU    | this computer |
 *
 * (A cpu task under `required` was asked for before the mode was; new ones are refused at the door.)
 *
 * A remote worker that lacks the model of a task is asked to prepare it. Meanwhile the task goes to whoever has the model and a
 * slot, this computer too where the mode lets it: those behind it find the pod prepared. It waits where nobody else has it.
 */
import { AppError, type Compute, type ModelPreparation, type RemoteMode, SPEAKERS, type TaskError, type TaskWorker } from '@bulk-transcribe/protocol';
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
  /** SPEAKERS among them where it can tell those apart. */
  readonly models: readonly string[];
  /** Models on their way to it, and those that it cannot get. */
  readonly preparing: readonly ModelPreparation[];
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

export const remotes = ({ mode, candidates }: Fleet): readonly Candidate[] => (mode === 'off' ? [] : candidates.filter(({ remote }) => remote));

export const preparationOf = ({ preparing }: Candidate, { model }: TaskKind): ModelPreparation | undefined =>
  preparing.find(({ name }) => name === model);

/** Whether the worker may have it in this mode, whatever its models. */
export function fits({ usable, remote, gpu }: Candidate, { compute }: TaskKind, { mode }: Fleet): boolean {
  if (!usable) return false;
  if (remote) return mode !== 'off' && compute !== 'cpu' && (compute === 'auto' || gpu);
  return compute === 'cpu' || (compute === 'auto' && mode !== 'required');
}

/** Whether the worker may have it in this mode once a slot is free. */
export const suits = (candidate: Candidate, kind: TaskKind, fleet: Fleet): boolean =>
  fits(candidate, kind, fleet) && candidate.models.includes(kind.model);

/** A remote worker that may have it but for the model, on its way there or failed. What hears speakers comes with a worker, or not at all. */
export const lacksModel = (candidate: Candidate, kind: TaskKind, fleet: Fleet): boolean =>
  kind.model !== SPEAKERS && candidate.remote && fits(candidate, kind, fleet) && !candidate.models.includes(kind.model);

/** Whether the worker may have it once the model is there, which is on its way or about to be asked for. */
export const willSuit = (candidate: Candidate, kind: TaskKind, fleet: Fleet): boolean =>
  lacksModel(candidate, kind, fleet) && preparationOf(candidate, kind)?.state !== 'failed';

/** Whether a remote worker may be asked for a model that nobody has: one that is away may come, one that has failed may get it yet. */
export function mayGet({ usable, preparing }: Candidate, model: string): boolean {
  const error = preparing.find(({ name }) => name === model)?.error;
  return !usable || !error || isPassing(error);
}

/** Another try may get the model that this one did not. */
export const isPassing = ({ code, message }: TaskError): boolean => new AppError(code, message).retryable;

/** Whether the worker takes a task of this kind now; it has a free slot. */
export function takes(candidate: Candidate, kind: TaskKind, fleet: Fleet): boolean {
  if (!suits(candidate, kind, fleet)) return false;
  if (candidate.remote || kind.compute === 'cpu') return true;
  const others = remotes(fleet);
  const suited = others.filter((remote) => suits(remote, kind, fleet));
  return !others.some(({ pending }) => pending) && !suited.some(({ free }) => free > 0);
}
