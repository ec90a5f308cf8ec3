/** What came of a call, sorted by what the caller has to do next. Nothing is thrown: whoever ends a bill looks at every answer. */

/**
 * - unreachable: no answer (network, TLS, time). - upstream: 5xx, or an answer that makes no sense: try again. - rate_limited: wait.
 * - unauthorized: the key is not good enough (401, 403). - blocked: Cloudflare refused the client before the key was looked at (1010).
 * - no_balance: 402. - not_found: gone, or not this key's (404, 410). - conflict: not now (409): read the pod. - invalid: never good (400, 422, …).
 */
export type FailureKind =
  | 'unreachable'
  | 'upstream'
  | 'rate_limited'
  | 'unauthorized'
  | 'blocked'
  | 'no_balance'
  | 'not_found'
  | 'conflict'
  | 'invalid';

export interface Failure {
  readonly kind: FailureKind;
  /** HTTP status; null where there was no answer. */
  readonly status: number | null;
  /** For people; holds no key. */
  readonly detail: string;
  /** How long the service asks to wait, milliseconds; null where it does not. */
  readonly waitMs: number | null;
}

export type Answer<T> = { readonly ok: true; readonly status: number; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export const failed = (kind: FailureKind, detail: string, more: Partial<Failure> = {}): { ok: false; failure: Failure } => ({
  ok: false,
  failure: { status: null, waitMs: null, ...more, kind, detail },
});

/** What may be otherwise in a moment. */
const passing: ReadonlySet<FailureKind> = new Set(['unreachable', 'upstream', 'rate_limited', 'conflict']);

/** Whether the same call may well succeed later. */
export const mayPass = ({ kind }: Failure): boolean => passing.has(kind);
