/** A few addresses, real links: the back button, reload and bookmarks work. */
import { useSyncExternalStore } from 'react';

export type Route =
  | { readonly page: 'jobs' }
  | { readonly page: 'transcript'; readonly taskId: string }
  | { readonly page: 'search'; readonly query: string }
  | { readonly page: 'admin' }
  | { readonly page: 'unknown' };

export const jobsPath = '/';
export const adminPath = '/admin';
export const searchPath = (query: string): string => `/search?${new URLSearchParams({ q: query })}`;
/** `at`: seconds from the start of the recording, written as media fragments are. */
export const transcriptPath = (taskId: string, at?: number): string => `/transcripts/${taskId}${at === undefined ? '' : `#t=${at}`}`;

/** The place in a recording that a hash names, seconds; null where it names none. */
export function placeIn(hash: string): number | null {
  const seconds = /^#t=(\d+(?:\.\d+)?)$/.exec(hash)?.[1];
  return seconds === undefined ? null : Number(seconds);
}

/** `address`: the path, and the query behind it. */
export function parsePath(address: string): Route {
  const [path = '', query = ''] = address.split(/\?(.*)/s);
  if (path === jobsPath) return { page: 'jobs' };
  if (path === adminPath || path === `${adminPath}/`) return { page: 'admin' };
  if (path === '/search') return { page: 'search', query: new URLSearchParams(query).get('q')?.trim() ?? '' };
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

export const usePath = (): string => useSyncExternalStore(subscribe, () => location.pathname + location.search);
