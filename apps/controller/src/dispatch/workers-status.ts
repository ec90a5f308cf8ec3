/** The workers in words: what the pages and the door see of them. */
import { once } from 'node:events';
import { fetchableModels } from '@bulk-transcribe/models';
import { AppError, computes, defaultOptions, type FetchableModel, type ModelInfo, type RemoteMode, type Routing } from '@bulk-transcribe/protocol';
import { groupOf, type TaskKind } from '../jobs/task-kind.ts';
import type { WorkerLink } from '../workers/worker-link.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Lane } from './lane.ts';
import { describeModel, type Place, placeOf } from './places.ts';
import { choicesIn, type Fleet, mayGet, remotes } from './routing.ts';
import type { WorkersStatus } from './workers.ts';

export function statusOf(dispatcher: Dispatcher): WorkersStatus {
  const { fleet, lanes, awaited } = dispatcher;
  const { mode } = fleet;
  const models = modelsOf(dispatcher);
  const { worker, reason } = nextPlace(dispatcher);
  const lane = lanes.find(({ link }) => link.name === worker?.name);
  const choices = [...choicesIn(mode)];
  const speed = { timesRealTime: lane?.throughput.timesRealTime ?? null };
  const routing = {
    mode,
    choices,
    place: worker,
    ...speed,
    reason,
    waits: waitsOf([...kindsOf(models), ...awaited], fleet),
    notices: noticesOf(lanes),
  };
  // In this mode waiting is what was asked for.
  const ready = worker !== null || (mode === 'required' && models.length > 0);
  return { ready, message: worker === null ? reason : '', worker, models, fetchable: fetchableOf(models, fleet), routing };
}

const kindsOf = (models: readonly ModelInfo[]): TaskKind[] => models.flatMap(({ id: model }) => computes.map((compute) => ({ model, compute })));

/** Which of these would wait, and why; each once. */
function waitsOf(kinds: readonly TaskKind[], fleet: Fleet): Routing['waits'] {
  const each = new Map(kinds.map((kind) => [groupOf(kind), kind])).values();
  return [...each].map((kind) => ({ ...kind, ...placeOf(kind, fleet) })).flatMap(({ worker: _, waits, ...rest }) => (waits ? [rest] : []));
}

/** Models that a remote worker could fetch: what none can, nobody may ask for. */
const fetchableOf = (models: readonly ModelInfo[], fleet: Fleet): FetchableModel[] =>
  fetchableModels(models.map(({ id }) => id)).filter(({ id }) => remotes(fleet).some((remote) => mayGet(remote, id)));

function noticesOf(lanes: readonly Lane[]): Routing['notices'] {
  const alarms = lanes.flatMap(({ link }) => (link.alarm ? [{ kind: 'alarm' as const, text: link.alarm.text }] : []));
  const preparing = lanes.flatMap(({ candidate, link }) =>
    candidate.preparing
      .filter(({ state }) => state !== 'failed')
      .map((preparation) => ({ kind: 'preparing' as const, text: describeModel(link.name, preparation) })),
  );
  return [...alarms, ...preparing];
}

/** Of a task that came now, with the default model and no choice of its own. */
function nextPlace(dispatcher: Dispatcher): Place {
  const model = modelsOf(dispatcher).find((info) => info.default)?.id ?? defaultOptions.model;
  return placeOf({ compute: 'auto', model }, dispatcher.fleet);
}

/** Each once. What a remote worker had is known on while it is away: tasks may wait for it. */
function modelsOf({ fleet, lanes }: Dispatcher): ModelInfo[] {
  const links = lanes.filter(({ link, retired }) => !retired && (!link.remote || fleet.mode !== 'off')).map(({ link }) => link);
  const known = links.flatMap((link) => (link.remote ? link.models : (link.ping?.models ?? [])));
  const first = defaultOf(fleet.mode, links);
  const byId = new Map(known.toReversed().map((model) => [model.id, { ...model, default: model.id === first }]));
  return [...byId.values()].toReversed();
}

/** Where work may come back to this computer it is one that this computer has: a task that nobody chose a model for waits for no pod. */
function defaultOf(mode: RemoteMode, links: readonly WorkerLink[]): string {
  const ofRemote = mode === 'required' ? links.filter(({ remote }) => remote) : [];
  const ofLocal = links.filter(({ remote }) => !remote);
  const asked = [...ofRemote, ...ofLocal].flatMap(({ models }) => models);
  return asked.find((model) => model.default)?.id ?? defaultOptions.model;
}

/**
 * Rejects with worker_unavailable once such a task has waited for a remote worker for so long without a break, and with the
 * signal's reason. A local worker that starts, and a model on its way, are worth any wait.
 */
export async function untilHopeless(dispatcher: Dispatcher, kind: TaskKind, limitMs: number, signal: AbortSignal): Promise<never> {
  for (let since: number | null = null; ; ) {
    signal.throwIfAborted();
    const { worker, reason } = placeOf(kind, dispatcher.fleet);
    since = worker === null && waitsForRemote(dispatcher.fleet) ? (since ?? performance.now()) : null;
    const leftMs = since === null ? null : since + limitMs - performance.now();
    if (leftMs !== null && leftMs <= 0) throw new AppError('worker_unavailable', `A remote worker was waited for ${limitMs / 1000} s. ${reason}`);
    const patience = leftMs === null ? [] : [AbortSignal.timeout(Math.ceil(leftMs))];
    await once(dispatcher, 'change', { signal: AbortSignal.any([signal, ...patience]) }).catch(() => undefined);
  }
}

/** What nobody takes now: this computer would have, if it were to. */
const waitsForRemote = ({ mode, candidates }: Fleet): boolean => mode === 'required' || candidates.some(({ remote, usable }) => !remote && usable);
