/** What an answer to a take or a stop means, as plain functions. RunPod's contract; the vectors `serverless-take` and `serverless-stop`. */

export interface RawAnswer {
  readonly status: number;
  /** Empty where there is none. */
  readonly contentType: string;
  readonly text: string;
}

export interface PulledJob {
  readonly id: string;
  readonly input: unknown;
  /** A bucket of its own, unchecked; undefined or null where it brings none. */
  readonly s3Config?: unknown;
}

/** `waitMs`: pause before the next try; null: a growing one, because something is wrong. */
interface Taken {
  readonly jobs: readonly PulledJob[];
  /** Ids of what came without an input. */
  readonly broken: readonly string[];
  readonly waitMs: number | null;
}

const RATE_LIMIT_MS = 5_000;
const STOP_PAUSE_MS = 1_000;

/** 204 and 400 (a worker that was woken early) mean no job; the server has held the request, so it is asked again at once. */
export function readTake({ status, contentType, text }: RawAnswer): Taken {
  const none = { jobs: [], broken: [] };
  if (status === 204 || status === 400) return { ...none, waitMs: 0 };
  if (status === 429) return { ...none, waitMs: RATE_LIMIT_MS };
  if (status !== 200) return { ...none, waitMs: null };
  if (!/\bjson\b/i.test(contentType) || text === '') return { ...none, waitMs: 0 };
  const found = parse(text);
  const entries = Array.isArray(found) ? found : [found];
  const named = entries.filter((entry): entry is Record<string, unknown> & { id: string } => typeof entry?.id === 'string' && entry.id !== '');
  const isWhole = ({ input }: Record<string, unknown>): boolean => typeof input === 'object' && input !== null;
  return {
    jobs: named.filter(isWhole).map(({ id, input, s3Config }) => ({ id, input, s3Config })),
    broken: named.filter((entry) => !isWhole(entry)).map(({ id }) => id),
    waitMs: named.length > 0 || text === 'null' ? 0 : null,
  };
}

export function readStop({ status, text }: RawAnswer): { readonly ids: readonly string[]; readonly waitMs: number } {
  if (status === 429) return { ids: [], waitMs: RATE_LIMIT_MS };
  if (status !== 200) return { ids: [], waitMs: STOP_PAUSE_MS };
  const list: unknown = (parse(text) as { jobsToStop?: unknown } | null)?.jobsToStop;
  const ids = Array.isArray(list) ? list.filter((id): id is string => typeof id === 'string') : [];
  return { ids, waitMs: ids.length > 0 ? 0 : STOP_PAUSE_MS };
}

/** What becomes of a result: taken, never to be taken, or to be sent again. */
export function readPost(status: number): 'taken' | 'refused' | 'later' {
  if (status >= 200 && status < 300) return 'taken';
  return status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429 ? 'refused' : 'later';
}

/** Statuses after which RunPod's client repeats a ping. */
const PING_AGAIN: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

export const readPing = (status: number): 'taken' | 'lost' => (PING_AGAIN.has(status) ? 'lost' : 'taken');

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
