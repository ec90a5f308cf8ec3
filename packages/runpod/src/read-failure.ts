/** Reads an answer that is no success: problem+json of RunPod, or whatever stands before it. */
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { type FailureKind, failed } from './answer.ts';
import { rateLimitWaitMs } from './rate-limit.ts';
import type { RawAnswer } from './raw-answer.ts';

/** RFC 9457 as RunPod uses it. */
const Problem = Type.Object({ title: Type.String(), detail: Type.String(), errors: Type.Optional(Type.Array(Type.String())) });

const kinds: Readonly<Record<number, FailureKind>> = {
  401: 'unauthorized',
  402: 'no_balance',
  403: 'unauthorized',
  404: 'not_found',
  408: 'upstream',
  409: 'conflict',
  410: 'not_found',
  429: 'rate_limited',
};

/** Cloudflare's word for a client that it does not let through, whatever key it has. */
const BLOCKED = /error code:? *1010\b|\b1010\b.*(?:banned|denied|browser)/is;
/** Longest text of an answer that is passed on, characters. */
const DETAIL_LENGTH = 300;

export function readFailure(answer: RawAnswer, now: number) {
  const { status, headers, text } = answer;
  const detail = detailOf(text) || `HTTP ${status}`;
  const kind = status === 403 && BLOCKED.test(text) ? 'blocked' : (kinds[status] ?? (status >= 500 ? 'upstream' : 'invalid'));
  return failed(kind, detail, { status, waitMs: kind === 'rate_limited' ? rateLimitWaitMs(headers, now) : null });
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function detailOf(text: string): string {
  const body = parseJson(text);
  if (Value.Check(Problem, body)) return [`${body.title}: ${body.detail}`, ...(body.errors ?? [])].join('; ').slice(0, DETAIL_LENGTH);
  const plain = text.replace(/<(style|script)\b.*?<\/\1>/gis, ' ').replace(/<[^>]*>/g, ' ');
  return plain.replace(/\s+/g, ' ').trim().slice(0, DETAIL_LENGTH);
}
