/** What an answer must be before anyone believes it: from a worker of our protocol, without error, of the agreed shape. */
import { AppError, fromErrorBody, WORKER_HEADER, WORKER_PROTOCOL } from '@bulk-transcribe/protocol';
import { FormatRegistry, type Static, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

export interface WorkerAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

FormatRegistry.Set('date-time', (text) => !Number.isNaN(Date.parse(text)));

/** What a proxy, or whatever else stands at the address, answered in the place of a worker. */
export class ForeignAnswer extends Error {
  override readonly name = 'ForeignAnswer';
  readonly statusCode: number;
  /** The beginning of its body. */
  readonly body: string;

  constructor(statusCode: number, body: string) {
    super(`status ${statusCode} without the header ${WORKER_HEADER}`);
    this.statusCode = statusCode;
    this.body = body;
  }
}

/** Another version of the protocol than ours. */
export class OtherVersion extends Error {
  override readonly name = 'OtherVersion';
}

/**
 * Answers of a proxy that say nothing of the request: no route yet, nothing listens, given up waiting. The worker behind
 * it may be starting, or still be at work on what was asked.
 */
const passing: ReadonlySet<number> = new Set([404, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 530]);

/** Throws worker_unavailable where a proxy answered for a worker it does not reach, worker_protocol for anything else that is none of ours. */
export function assertWorker({ statusCode, headers }: WorkerAnswer, body: string): void {
  const protocol = headers[WORKER_HEADER];
  if (protocol === undefined) {
    const cause = new ForeignAnswer(statusCode, body);
    const code = passing.has(statusCode) ? 'worker_unavailable' : 'worker_protocol';
    throw new AppError(code, `What answers there (status ${statusCode}) is not a worker.`, { cause });
  }
  if (protocol === WORKER_PROTOCOL) return;
  const message = `The worker speaks version ${String(protocol)} of the protocol, this controller ${WORKER_PROTOCOL}.`;
  throw new AppError('worker_protocol', message, { cause: new OtherVersion(message) });
}

/** Throws the worker's own error where it answered one. */
export function assertSuccess({ statusCode }: WorkerAnswer, body: string): void {
  if (statusCode < 400) return;
  throw fromErrorBody(parse(body), new AppError('worker_protocol', `The worker answered with status ${statusCode}.`));
}

export function toAnswer<Schema extends TSchema>(schema: Schema, body: string): Static<Schema> {
  const value = parse(body);
  if (Value.Check(schema, value)) return value;
  const message = `The worker's answer is not a ${schema.$id ?? 'known message'}.`;
  throw new AppError('worker_protocol', message, { cause: new OtherVersion(message) });
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
