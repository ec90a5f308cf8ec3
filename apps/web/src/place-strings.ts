/** Words about where recordings are computed, and why there; part of the catalogue in strings.ts. */
import type { Compute, Routing, TaskWorker } from '@bulk-transcribe/protocol';

const devices: Readonly<Record<string, string>> = { cpu: 'CPU', cuda: 'GPU' };
const device = (name: string): string => devices[name] ?? name;

/** "this computer (CPU)", "GPU pod, NVIDIA A100", "remote worker 10.0.0.7:8477 (CPU)". */
function worker({ name, device: kind, remote = false, gpuName = null }: TaskWorker): string {
  if (!remote) return `${name === 'local' ? 'this computer' : name} (${device(kind)})`;
  return gpuName === null ? `remote worker ${name} (${device(kind)})` : `GPU pod, ${gpuName}`;
}

const choices: Readonly<Record<Compute, string>> = {
  auto: 'wherever is best',
  gpu: 'GPU only',
  cpu: 'this computer only',
};

export const placeStrings = {
  device,
  worker,
  place: {
    runsOn: (where: string, speed: string) => `Runs on: ${[where, speed].filter(Boolean).join(', ')}`,
    waits: 'Runs on: waits for the remote worker',
    waiting: (reason: string) => `New recordings wait for the remote worker. ${reason}`,
    instead: (where: string, reason: string) => `Runs on ${where} for now. ${reason}`,
    ran: (where: string, reason: string) => `On ${where}: ${reason}`,
    admin: 'Admin',
    where: 'Where',
    why: 'Why there',
    choose: (compute: Compute) => `Run on: ${choices[compute]}`,
    choice: (compute: Compute) => choices[compute].replace(/^./, (first) => first.toUpperCase()),
    label: 'Where these run',
  },
} as const;

/** Nothing to say where all is as it was asked for: one worker, or a remote one that only has no free slot now. */
export const isWorthSaying = ({ place, reason, mode }: Routing): boolean =>
  mode !== 'off' && reason !== '' && (place === null || place.remote !== true);
