/** Asks the admin API of a test app. */
import type { RemoteWorkerConfig } from '@bulk-transcribe/protocol';
import type { TestApp } from '../http/test-app.ts';

export const ADMIN_TOKEN = 'the-admin-token-of-the-test';
export const REMOTE = '/remote-worker';

export interface AdminAnswer<T> {
  readonly status: number;
  readonly body: T;
}

/** GET without a body, POST with one. */
export async function askAdmin<T = RemoteWorkerConfig>(app: Pick<TestApp, 'url'>, target: string, body?: unknown): Promise<AdminAnswer<T>> {
  const headers = { 'x-admin-token': ADMIN_TOKEN, ...(body !== undefined && { 'content-type': 'application/json' }) };
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = await fetch(`${app.url}/api/admin${target}`, init);
  return { status: answer.status, body: (answer.status === 204 ? null : await answer.json()) as T };
}
