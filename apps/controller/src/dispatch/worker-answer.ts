/** What an answer must be before anyone believes it: from a worker of our protocol, without error, of the agreed shape. */
import { AppError, fromErrorBody, WORKER_HEADER, WORKER_PROTOCOL } from '@bulk-transcribe/protocol';
import { FormatRegistry, type Static, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

export interface WorkerAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

FormatRegistry.Set('date-time', (text) => !Number.isNaN(Date.parse(text)));

/** Throws worker_protocol: a proxy, a wrong address, or a worker of another version answered. */
export function assertWorker({ statusCode, headers }: WorkerAnswer): void {
  const protocol = headers[WORKER_HEADER];
  if (protocol === undefined) throw new AppError('worker_protocol', `What answers there (status ${statusCode}) is not a worker.`);
  if (protocol !== WORKER_PROTOCOL)
    throw new AppError('worker_protocol', `The worker speaks version ${String(protocol)} of the protocol, this controller ${WORKER_PROTOCOL}.`);
}

/** Throws the worker's own error where it answered one. */
export function assertSuccess({ statusCode }: WorkerAnswer, body: string): void {
  if (statusCode < 400) return;
  throw fromErrorBody(parse(body), new AppError('worker_protocol', `The worker answered with status ${statusCode}.`));
}

export function toAnswer<Schema extends TSchema>(schema: Schema, body: string): Static<Schema> {
  const value = parse(body);
  if (!Value.Check(schema, value)) throw new AppError('worker_protocol', `The worker's answer is not a ${schema.$id ?? 'known message'}.`);
  return value;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
