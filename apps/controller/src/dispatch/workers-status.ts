/** The workers in words: what the pages and the door see of them. */
import { once } from 'node:events';
import { AppError, defaultOptions, type ModelInfo } from '@bulk-transcribe/protocol';
import type { Dispatcher } from './dispatcher.ts';
import { choicesIn, type Place, placeOf } from './routing.ts';
import type { WorkersStatus } from './workers.ts';

export function statusOf(dispatcher: Dispatcher): WorkersStatus {
  const { fleet, lanes } = dispatcher;
  const models = modelsOf(dispatcher);
  const { worker, reason } = nextPlace(dispatcher);
  const lane = lanes.find(({ link }) => link.name === worker?.name);
  const routing = { mode: fleet.mode, choices: [...choicesIn(fleet.mode)], place: worker, timesRealTime: lane?.timesRealTime ?? null, reason };
  // In this mode waiting is what was asked for.
  const ready = worker !== null || (fleet.mode === 'required' && models.length > 0);
  return { ready, message: worker === null ? reason : '', worker, models, routing };
}

/** Of a task that came now, with the default model and no choice of its own. */
function nextPlace(dispatcher: Dispatcher): Place {
  const model = modelsOf(dispatcher).find((info) => info.default)?.id ?? defaultOptions.model;
  return placeOf({ compute: 'auto', model }, dispatcher.fleet);
}

/** Each once. What a remote worker had is known on while it is away: tasks may wait for it. */
function modelsOf({ fleet, lanes }: Dispatcher): ModelInfo[] {
  const known = lanes
    .filter(({ link, retired }) => !retired && (!link.remote || fleet.mode !== 'off'))
    .flatMap(({ link }) => (link.remote ? link.models : (link.ping?.models ?? [])));
  const first = known.find((model) => model.default)?.id;
  const byId = new Map(known.toReversed().map((model) => [model.id, { ...model, default: model.id === first }]));
  return [...byId.values()].toReversed();
}

/**
 * Rejects with worker_unavailable once a required remote worker has been away for so long without a break, and with the
 * signal's reason.
 */
export async function untilHopeless(dispatcher: Dispatcher, limitMs: number, signal: AbortSignal): Promise<never> {
  for (let since: number | null = null; ; ) {
    signal.throwIfAborted();
    const { worker, reason } = nextPlace(dispatcher);
    since = worker === null && dispatcher.fleet.mode === 'required' ? (since ?? performance.now()) : null;
    const leftMs = since === null ? null : since + limitMs - performance.now();
    if (leftMs !== null && leftMs <= 0) {
      throw new AppError('worker_unavailable', `The remote worker is required and was waited for ${limitMs / 1000} s. ${reason}`);
    }
    const patience = leftMs === null ? [] : [AbortSignal.timeout(Math.ceil(leftMs))];
    await once(dispatcher, 'change', { signal: AbortSignal.any([signal, ...patience]) }).catch(() => undefined);
  }
}
