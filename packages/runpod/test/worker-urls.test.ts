import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { earlyDoneUrl, earlyPingUrl, earlyTakeUrl, pingUrl, resultUrl, stopUrl, takeUrl, type UrlTemplate, unfitUrl } from '../src/worker-urls.ts';

interface Given extends UrlTemplate {
  readonly call: 'take' | 'stop' | 'done' | 'stream' | 'ping' | 'early-take' | 'early-done' | 'early-ping';
  readonly jobId: string;
  readonly jobsInProgress?: number;
  readonly want?: number;
  readonly isStream?: boolean;
  readonly jobIds?: readonly string[];
  readonly unhealthy?: { check: string; reason: string };
}
interface Case {
  readonly id: string;
  readonly given: Given;
  readonly expect: { url?: string | null; ours?: string };
}

const { cases } = JSON.parse(readFileSync(new URL('./vectors/worker-urls.json', import.meta.url), 'utf8')) as { cases: Case[] };

function urlOf(given: Given): string | null {
  const { call, jobId, jobsInProgress = 0, want = 1, isStream = false, jobIds = [], unhealthy } = given;
  switch (call) {
    case 'take':
      return takeUrl(given, { want, jobsInProgress });
    case 'stop':
      return stopUrl(given);
    case 'done':
      return resultUrl(given, { jobId, isStream });
    case 'stream':
      return resultUrl(given, { jobId });
    case 'ping':
      return unhealthy ? unfitUrl(given, unhealthy) : pingUrl(given, jobIds);
    case 'early-take':
      return earlyTakeUrl(given);
    case 'early-done':
      return earlyDoneUrl(given, jobId);
    case 'early-ping':
      return earlyPingUrl(given, jobId);
  }
}

// Where the official client errs, ours is expected.
it.each(cases)('$id', ({ given, expect: { url, ours } }) => {
  expect(urlOf(given)).toBe(ours ?? url);
});
