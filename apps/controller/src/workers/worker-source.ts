import type { EventEmitter } from 'node:events';
import type { Endpoint } from './worker-client.ts';

/** Where a worker is to be found: a child process with a new port after every start, or the fixed address of a pod. */
export interface WorkerSource extends EventEmitter<{ change: [] }> {
  /** local, or the name of the pod. */
  readonly name: string;
  /** On another machine: its way may be long, and its GPU paid for. */
  readonly remote: boolean;
  /** Null while there is none to talk to; `message` then says why, for people. */
  readonly endpoint: Endpoint | null;
  readonly message: string;
  /** Why it does not answer, for people. */
  explain(cause: unknown): string;
  /** It has not answered for long: started anew where it is ours, left alone where it is not. */
  restart(): void;
  close(): Promise<void>;
}
