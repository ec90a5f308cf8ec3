/** How long a 429 asks us to wait: the longest of `Retry-After` and every window that is used up (several may be at once). */
import type { RawAnswer } from './raw-answer.ts';

/** Returns milliseconds; null where the answer names no time. */
export function rateLimitWaitMs(headers: RawAnswer['headers'], now: number): number | null {
  const waits = [retryAfterMs(one(headers['retry-after']), now), ...exhaustedWindowsMs(one(headers['ratelimit']))];
  const known = waits.filter((wait): wait is number => wait !== null);
  return known.length > 0 ? Math.max(...known) : null;
}

const one = (value: string | string[] | undefined): string => (Array.isArray(value) ? value.join(', ') : (value ?? ''));

/** Seconds, or a date (RFC 9110 §10.2.3). */
function retryAfterMs(value: string, now: number): number | null {
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** `"minute";r=0;t=12, "hour";r=2800;t=1812`: of windows with nothing remaining (r), the seconds until they are reset (t). */
function exhaustedWindowsMs(value: string): number[] {
  return value
    .split(',')
    .filter((window) => /;\s*r=0\b/.test(window))
    .flatMap((window) => /;\s*t=(\d+)/.exec(window)?.[1] ?? [])
    .map((seconds) => Number(seconds) * 1000);
}
