import type { ErrorBody, ErrorCode } from '@bulk-transcribe/protocol';
import { strings } from '../strings.ts';

/** What a person reads when something went wrong: what happened, and what to do next. */
export interface Problem {
  readonly message: string;
  readonly hint: string;
}

/** A request that was refused or did not arrive. `status` is 0 when there was no answer. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;
  readonly problem: Problem;
  /** The controller's word for it; null where something else answered, or nothing did. */
  readonly code: ErrorCode | null;

  constructor(status: number, problem: Problem, options: ErrorOptions & { code?: ErrorCode } = {}) {
    super(problem.message, options);
    this.code = options.code ?? null;
    this.status = status;
    this.problem = problem;
  }
}

/** Sends a request to the controller and gives its JSON answer; 204 has none: undefined. Throws RequestError; an abort passes through. */
export async function request<T>(path: string, init: RequestInit = {}): Promise<T> {
  return parseJson(await requestText(path, { ...init, headers: { accept: 'application/json', ...init.headers } })) as T;
}

/** The same for an answer that is no JSON. */
export async function requestText(path: string, init: RequestInit = {}): Promise<string> {
  const response = await fetch(path, init).catch((cause: unknown) => {
    if (init.signal?.aborted) throw cause;
    throw new RequestError(0, strings.problems.noAnswer, { cause });
  });
  const text = await response.text();
  if (response.ok) return text;
  const body = parseJson(text);
  throw new RequestError(response.status, problemOf(body, response.status), codeOf(body));
}

/** Answers of a proxy have none: undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function codeOf(body: unknown): { code?: ErrorCode } {
  const code = (body as Partial<ErrorBody> | null | undefined)?.error?.code;
  return code === undefined ? {} : { code };
}

/** The controller's own words where it answered, else words about the status. */
export function problemOf(body: unknown, status: number): Problem {
  const error = (body as Partial<ErrorBody> | null | undefined)?.error;
  if (typeof error?.message === 'string') return { message: error.message, hint: error.hint ?? '' };
  return status === 0 ? strings.problems.noAnswer : strings.problems.badAnswer(status);
}

export const problemOfCause = (cause: unknown): Problem => (cause instanceof RequestError ? cause.problem : strings.problems.unexpected);
