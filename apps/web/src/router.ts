/** Three addresses, real links: the back button, reload and bookmarks work. */
import { useSyncExternalStore } from 'react';

export type Route =
  | { readonly page: 'jobs' }
  | { readonly page: 'transcript'; readonly taskId: string }
  | { readonly page: 'admin' }
  | { readonly page: 'unknown' };

export const jobsPath = '/';
export const adminPath = '/admin';
export const transcriptPath = (taskId: string): string => `/transcripts/${taskId}`;

export function parsePath(path: string): Route {
  if (path === jobsPath) return { page: 'jobs' };
  if (path === adminPath || path === `${adminPath}/`) return { page: 'admin' };
  const taskId = /^\/transcripts\/([0-9a-f-]{36})\/?$/.exec(path)?.[1];
  return taskId === undefined ? { page: 'unknown' } : { page: 'transcript', taskId };
}

export function navigate(path: string): void {
  history.pushState(null, '', path);
  dispatchEvent(new PopStateEvent('popstate'));
  scrollTo(0, 0);
}

const subscribe = (listener: () => void) => {
  addEventListener('popstate', listener);
  return () => removeEventListener('popstate', listener);
};

export const usePath = (): string => useSyncExternalStore(subscribe, () => location.pathname);
