/** The routes under /api/admin. Every call carries the admin token and throws RequestError. */
import type { AdminOverview, RemoteWorkerChange, RemoteWorkerConfig, RemoteWorkerTest, RemoteWorkerTrial } from '@bulk-transcribe/protocol';
import { request } from '../api/request.ts';

/** Longer than the controller itself waits for a worker that is being tested, milliseconds. */
const ANSWER_MS = 40_000;

export type AdminClient = ReturnType<typeof adminClient>;

export function adminClient(token: string) {
  const ask = <T>(path: string, body?: unknown): Promise<T> =>
    request<T>(`/api/admin${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'x-admin-token': token, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
  const worker = (name: string): string => `/workers/${encodeURIComponent(name)}`;
  return {
    config: () => ask<RemoteWorkerConfig>('/remote-worker'),
    save: (change: RemoteWorkerChange) => ask<RemoteWorkerConfig>('/remote-worker', change),
    test: (trial: RemoteWorkerTrial) => ask<RemoteWorkerTest>('/remote-worker/test', trial),
    overview: () => ask<AdminOverview>('/overview'),
    cancelTask: (id: string) => ask<unknown>(`/tasks/${id}/cancel`, {}),
    retryTask: (id: string) => ask<unknown>(`/tasks/${id}/retry`, {}),
    keep: (name: string, minutes: number) => ask<void>(`${worker(name)}/keep`, { minutes }),
    drain: (name: string) => ask<void>(`${worker(name)}/drain`, {}),
  };
}
