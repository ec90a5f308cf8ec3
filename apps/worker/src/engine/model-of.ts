import type { Config } from '../config.ts';
import type { Platform } from '../life/platform.ts';
import { paidGpu } from '../paid-gpu.ts';

/** What a GPU is rented for: nearly as right as the largest model, at a fraction of its work. */
const GPU_MODEL = 'large-v3-turbo';

/** The model that this worker loads at start; empty = none is wished for, the engine's default does. `paidGpu`: the GPU of the pod, null where there is none. */
export function modelOf({ MODEL, DEVICE }: Pick<Config, 'MODEL' | 'DEVICE'>, paidGpu: string | null): string {
  if (MODEL) return MODEL;
  return DEVICE === 'cuda' || (DEVICE === 'auto' && paidGpu !== null) ? GPU_MODEL : '';
}

/** The settings with the model that is really meant, on this platform. */
export const withModel = (settings: Config, platform: Platform): Config => ({ ...settings, MODEL: modelOf(settings, paidGpu(platform)) });
