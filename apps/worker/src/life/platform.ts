/** Where this worker runs, and what it may end itself with, read from the environment that the platform gives. */
import { randomUUID } from 'node:crypto';
import type { WorkerPlatform } from '@bulk-transcribe/protocol';
import type { ApiKey } from '@bulk-transcribe/runpod';
import { isPodId } from '@bulk-transcribe/runpod';

/** The variables that decide it. */
export interface PlatformVariables {
  readonly RUNPOD_POD_ID: string;
  readonly RUNPOD_ENDPOINT_ID: string;
  readonly RUNPOD_API_KEY: string;
  readonly RUNPOD_TERMINATE_API_KEY: string;
}

export interface Platform {
  readonly kind: WorkerPlatform;
  /** The pod's id, or one of this process's own. */
  readonly workerId: string;
  /** In the order in which they are tried. */
  readonly keys: readonly ApiKey[];
  /** Why it cannot end its own bill; empty when it can. */
  readonly notArmedBecause: string;
}

/** A pod arms without asking RunPod first: a key that may not read its pod may well delete it. */
export function readPlatform(variables: PlatformVariables): Platform {
  const { RUNPOD_POD_ID: podId, RUNPOD_ENDPOINT_ID: endpointId } = variables;
  const keys = readKeys(variables);
  if (endpointId) {
    return { kind: 'serverless', workerId: podId || randomUUID(), keys: [], notArmedBecause: 'Serverless: the platform ends this worker.' };
  }
  if (!podId) return { kind: 'none', workerId: randomUUID(), keys: [], notArmedBecause: '' };
  return { kind: 'pod', workerId: podId, keys, notArmedBecause: whyNotArmed(podId, keys) };
}

function readKeys({ RUNPOD_API_KEY, RUNPOD_TERMINATE_API_KEY }: PlatformVariables): ApiKey[] {
  const keys = [
    { name: 'RUNPOD_API_KEY', value: RUNPOD_API_KEY },
    { name: 'RUNPOD_TERMINATE_API_KEY', value: RUNPOD_TERMINATE_API_KEY },
  ];
  return keys.filter(({ value }) => value !== '');
}

function whyNotArmed(podId: string, keys: readonly ApiKey[]): string {
  if (!isPodId(podId)) return 'RUNPOD_POD_ID is not the id of a pod. Terminate this pod by hand when you are done.';
  if (keys.length > 0) return '';
  return 'There is no RUNPOD_API_KEY and no RUNPOD_TERMINATE_API_KEY. Set the second one, or terminate this pod by hand when you are done.';
}
