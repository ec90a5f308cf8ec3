import type { WorkerView } from '@bulk-transcribe/protocol';
import type { Lane } from './lane.ts';

/** A worker as the admin sees it. `keptUntil`: somebody asked for it to stay. */
export function viewOf(lane: Lane, keptUntil: Date | null): WorkerView {
  const { link, candidate } = lane;
  const ping = link.lastPing;
  const { keptAliveBy = [], idleLeftMs = null, endsAt = null, willEndBecause = null } = ping?.lifecycle ?? {};
  return {
    ...{ name: link.name, remote: link.remote, url: link.remote ? link.url : '' },
    ...{ usable: candidate.usable, message: candidate.usable ? '' : candidate.message, leaving: lane.retired },
    ...{ state: ping?.state ?? null, device: ping?.provider ?? null, gpuName: ping?.gpuName ?? null, version: ping?.identity.version ?? null },
    slots: { total: ping?.slots.total ?? 0, free: lane.free },
    running: lane.running.map(({ taskId }) => taskId),
    timesRealTime: lane.throughput.timesRealTime,
    lastHour: lane.throughput.lastHour,
    answeredAt: link.answeredAt?.toISOString() ?? null,
    ...{ keptAliveBy, idleLeftMs, endsAt, willEndBecause },
    preparing: [...candidate.preparing],
    alarm: link.alarm?.text ?? '',
    keptUntil: keptUntil?.toISOString() ?? null,
  };
}
