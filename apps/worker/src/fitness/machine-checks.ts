/** What a machine must have for a worker to be of any use on it. */
import { statfs } from 'node:fs/promises';
import { connect } from 'node:net';

export interface FitnessCheck {
  readonly name: string;
  /** Rejects with the reason. */
  readonly run: () => Promise<void>;
}

export interface MachineNeeds {
  /** Free, GiB. */
  readonly memoryGb: number;
  /** Free, of the file system that holds `folder`. */
  readonly diskPercent: number;
  readonly folder: string;
  /** Longest wait for a connection. */
  readonly networkMs: number;
  /** What is connected to; left out: a name server that answers everywhere, as RunPod's own workers do. */
  readonly network?: { readonly host: string; readonly port: number };
}

const BYTES_PER_GB = 1024 ** 3;
const INTERNET = { host: '8.8.8.8', port: 53 };

/** In the order in which they are run. */
export const machineChecks = ({ memoryGb, diskPercent, folder, networkMs, network = INTERNET }: MachineNeeds): FitnessCheck[] => [
  {
    name: 'check_memory',
    run: async () => {
      const freeGb = process.availableMemory() / BYTES_PER_GB;
      if (freeGb < memoryGb) throw new Error(`Only ${freeGb.toFixed(1)} GB of memory are free, less than RUNPOD_MIN_MEMORY_GB (${memoryGb}).`);
    },
  },
  {
    name: 'check_disk',
    run: async () => {
      const { bavail, blocks } = await statfs(folder);
      const freePercent = (100 * bavail) / blocks;
      if (freePercent < diskPercent)
        throw new Error(`Only ${freePercent.toFixed(1)} % of the disk are free, less than RUNPOD_MIN_DISK_PERCENT (${diskPercent}).`);
    },
  },
  { name: 'check_network', run: async () => await reach(network, networkMs) },
];

async function reach({ host, port }: { host: string; port: number }, limitMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ host, port });
  socket.setTimeout(limitMs, () => reject(new Error(`no answer within ${limitMs / 1000} s`)));
  socket.once('connect', resolve);
  socket.once('error', reject);
  try {
    await promise;
  } catch (cause) {
    throw new Error(`The network cannot be used: ${host}:${port}: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
  } finally {
    socket.destroy();
  }
}
