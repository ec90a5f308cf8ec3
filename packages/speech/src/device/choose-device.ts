/** On what the engine computes: as the settings wish, and as the machine can. */
import { type Fallback, toAppError } from '@bulk-transcribe/protocol';
import { freeMemory } from './free-memory.ts';
import { probeDevice } from './probe-device.ts';
import { readGpus } from './read-gpus.ts';

/** `auto`: the GPU where there is one. */
export type DeviceWish = 'auto' | 'cpu' | 'cuda';

export interface ComputeDevice {
  readonly kind: 'cpu' | 'cuda';
  /** Of the GPU. */
  readonly name: string | null;
  /** Why not on the GPU that is there. */
  readonly fallbacks: readonly Fallback[];
}

export interface DeviceProbes {
  readonly readGpus: () => ReturnType<typeof readGpus>;
  /** Rejects where the device does not compute. */
  readonly probe: (device: 'cuda') => Promise<void>;
}

const CPU: ComputeDevice = { kind: 'cpu', name: null, fallbacks: [] };

/** Rejects with engine_unavailable where CUDA was asked for and does not work; `auto` goes on without it, and says so. */
export async function chooseDevice(
  wish: DeviceWish,
  { readGpus: read, probe }: DeviceProbes = { readGpus, probe: probeDevice },
): Promise<ComputeDevice> {
  if (wish === 'cpu') return CPU;
  const [gpu] = await read();
  // Who asks for CUDA may have a driver that tells nothing.
  if (!gpu && wish === 'auto') return CPU;
  try {
    await probe('cuda');
    return { kind: 'cuda', name: gpu?.name ?? 'GPU', fallbacks: [] };
  } catch (cause) {
    if (wish === 'cuda') throw cause;
    return { ...CPU, fallbacks: [{ what: 'device', from: gpu?.name ?? 'GPU', to: 'CPU', reason: toAppError(cause).message }] };
  }
}

/** Bytes that a model may take on the device; null where nobody tells. */
export async function freeBytesOn(kind: ComputeDevice['kind'], read = readGpus): Promise<number | null> {
  if (kind === 'cpu') return freeMemory();
  const [gpu] = await read();
  return gpu?.freeBytes ?? null;
}
