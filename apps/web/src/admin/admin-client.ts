/** The routes under /api/admin. Every call carries the admin token and throws RequestError. */
import type {
  AdminOverview,
  AdminSystem,
  FurtherWorkerAddition,
  FurtherWorkerChange,
  FurtherWorkers,
  ModelInstall,
  ModelsOverview,
  RemoteWorkerChange,
  RemoteWorkerConfig,
  RemoteWorkerTest,
  RemoteWorkerTrial,
} from '@bulk-transcribe/protocol';
import { request } from '../api/request.ts';

/** Longer than the controller itself waits for a worker that is being tested, milliseconds. */
const ANSWER_MS = 40_000;

export type AdminClient = ReturnType<typeof adminClient>;

export function adminClient(token: string) {
  const ask = <T>(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST'): Promise<T> =>
    request<T>(`/api/admin${path}`, {
      method,
      headers: { 'x-admin-token': token, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
  const further = (name: string): string => `/remote-workers/${encodeURIComponent(name)}`;
  const worker = (name: string): string => `/workers/${encodeURIComponent(name)}`;
  return {
    config: () => ask<RemoteWorkerConfig>('/remote-worker'),
    save: (change: RemoteWorkerChange) => ask<RemoteWorkerConfig>('/remote-worker', change),
    test: (trial: RemoteWorkerTrial) => ask<RemoteWorkerTest>('/remote-worker/test', trial),
    furtherWorkers: () => ask<FurtherWorkers>('/remote-workers'),
    addWorker: (entry: FurtherWorkerAddition) => ask<FurtherWorkers>('/remote-workers', entry),
    changeWorker: (name: string, change: FurtherWorkerChange) => ask<FurtherWorkers>(further(name), change, 'PATCH'),
    removeWorker: (name: string) => ask<FurtherWorkers>(further(name), undefined, 'DELETE'),
    testWorker: (name: string) => ask<RemoteWorkerTest>(`${further(name)}/test`, {}),
    models: () => ask<ModelsOverview>('/models'),
    installModel: (name: string) => ask<ModelInstall>('/models', { name }),
    removeModel: (name: string) => ask<void>(`/models/${encodeURIComponent(name)}`, undefined, 'DELETE'),
    system: () => ask<AdminSystem>('/system'),
    overview: () => ask<AdminOverview>('/overview'),
    cancelTask: (id: string) => ask<unknown>(`/tasks/${id}/cancel`, {}),
    retryTask: (id: string) => ask<unknown>(`/tasks/${id}/retry`, {}),
    keep: (name: string, minutes: number) => ask<void>(`${worker(name)}/keep`, { minutes }),
    drain: (name: string) => ask<void>(`${worker(name)}/drain`, {}),
  };
}
