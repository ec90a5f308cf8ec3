import { defaultOptions } from '@bulk-transcribe/protocol';
import type { Config } from './config.ts';

/** What a GPU is rented for: nearly as right as the largest model, at a fraction of its work. */
const GPU_MODEL = 'large-v3-turbo';

/** The model that this worker loads at start. `paidGpu`: the GPU of the pod, null where there is none. */
export function modelOf({ MODEL, DEVICE }: Pick<Config, 'MODEL' | 'DEVICE'>, paidGpu: string | null): string {
  if (MODEL) return MODEL;
  return DEVICE === 'cuda' || (DEVICE === 'auto' && paidGpu !== null) ? GPU_MODEL : defaultOptions.model;
}
