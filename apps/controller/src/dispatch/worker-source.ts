import type { EventEmitter } from 'node:events';
import type { Endpoint } from './worker-client.ts';

/** Where a worker is to be found: a child process with a new port after every start, or the fixed address of a pod. */
export interface WorkerSource extends EventEmitter<{ change: [] }> {
  /** local, or the name of the pod. */
  readonly name: string;
  /** Null while there is none to talk to; `message` then says why, for people. */
  readonly endpoint: Endpoint | null;
  readonly message: string;
  /** It has not answered for long: started anew where it is ours, left alone where it is not. */
  restart(): void;
  close(): Promise<void>;
}
