import type { Ping } from '@bulk-transcribe/protocol';

/** Asked for a GPU, computing on the CPU. Until the engine is loaded nothing computes at all. */
export const isGpuIdle = ({ gpu, gpuName, provider }: Ping): boolean => gpuName !== null && !gpu && provider !== 'none';

/** Why a worker that answers gets no work all the same; empty where it gets some. */
export const unfitBecause = (ping: Ping): string =>
  isGpuIdle(ping) ? `The worker has a GPU (${ping.gpuName}) but computes on the CPU, and gets no work: see the log of the pod.` : '';
