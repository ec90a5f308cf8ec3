/** What an answer of the hub, or none, means for the person who waits for a model. */
import { AppError } from '@bulk-transcribe/protocol';
import { TemporaryFailure } from './temporary-failure.ts';

interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** What was asked for, for people: “file config.json of owner/name”. Never an address, which may be signed. */
  readonly what: string;
  /** It came from the hub itself, not from where it sends us for the bytes. */
  readonly fromHub: boolean;
  readonly hasToken: boolean;
}

/** Worth asking again (RFC 9110 §15, RFC 6585 §4; 408, 425 and 429 say so themselves). */
const isTemporary = (status: number): boolean => status >= 500 || status === 408 || status === 425 || status === 429;

export function failureOf(refusal: Refusal): AppError | TemporaryFailure {
  const { status, headers, what, fromHub, hasToken } = refusal;
  if (isTemporary(status))
    return new TemporaryFailure(`The ${what}: the server answered ${status}.`, { retryAfterMs: retryAfter(headers['retry-after']) });
  // An address for the bytes is signed and holds for a while only; the hub gives a new one.
  if (!fromHub && (status === 401 || status === 403 || status === 404))
    return new TemporaryFailure(`The ${what}: the address of its bytes has expired (${status}).`);
  const code = headers['x-error-code'];
  if (code === 'RepoNotFound' && !hasToken) return unknown(`The hub has no ${what} that it shows to everybody.`);
  if (status === 404) return unknown(`The hub has no ${what}.`);
  if (status === 401) return gated(hasToken ? `The hub does not take HF_TOKEN for ${what}.` : `The hub gives ${what} only with a token.`);
  if (status === 403) return gated(`The hub refuses ${what}: its conditions have not been accepted${hasToken ? ' by the account of HF_TOKEN' : ''}.`);
  return new AppError('model_download_failed', `The ${what}: the server answered ${status}.`);
}

const unknown = (message: string): AppError => new AppError('model_unknown', message);
const gated = (message: string): AppError => new AppError('model_gated', message);

/** Seconds or a date (RFC 9110 §10.2.3). */
function retryAfter(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** Codes of OpenSSL and Node for a certificate that is not believed; asking again does not make it so. */
const certificate = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ALTNAME/;

/** A connection that failed or was cut; an abort stays what it is. `what` as in Refusal. */
export function connectionFailure(cause: unknown, what: string, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (cause instanceof AppError || cause instanceof TemporaryFailure) return cause;
  const code = codeOf(cause);
  if (!certificate.test(code)) return new TemporaryFailure(`The ${what}: the connection failed (${code}).`, { cause });
  const message = `The ${what}: the certificate of the server is not believed (${code}). Behind a company's proxy, name its certificate in NODE_EXTRA_CA_CERTS.`;
  return new AppError('model_download_failed', message, { cause });
}

/** undici wraps the system's error. */
function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown';
  const { code } = cause as NodeJS.ErrnoException;
  if (typeof code === 'string' && code !== 'UND_ERR') return code;
  return cause.cause === undefined ? cause.name : codeOf(cause.cause);
}
