/** A job of a serverless endpoint, as whoever sent it sees it. */
import { type Static, Type } from '@sinclair/typebox';

/** The last four are final. `RUNNING` is an older name for IN_PROGRESS. */
const states = ['IN_QUEUE', 'IN_PROGRESS', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT'] as const;
const JobState = Type.Union(states.map((state) => Type.Literal(state)));

export const EndpointJob = Type.Object({
  id: Type.String({ description: 'Opaque.' }),
  status: JobState,
  delayTime: Type.Optional(Type.Number({ description: 'Milliseconds in the queue.' })),
  executionTime: Type.Optional(Type.Number({ description: 'Milliseconds.' })),
  workerId: Type.Optional(Type.String()),
  output: Type.Optional(Type.Unknown({ description: 'While it runs: its progress.' })),
  error: Type.Optional(Type.Unknown({ description: 'Text; from workers of others anything.' })),
});
export type EndpointJob = Static<typeof EndpointJob>;

export interface EndpointRequest {
  readonly input: Readonly<Record<string, unknown>>;
  /** Address that is told of the end. */
  readonly webhook?: string;
  readonly policy?: {
    /** Longest run, milliseconds, 5000 to seven days. */
    readonly executionTimeout?: number;
    /** Milliseconds from now on, 10000 to seven days; then the job is deleted, even if it runs. */
    readonly ttl?: number;
    readonly lowPriority?: boolean;
  };
  /** A bucket for this job alone; holds keys. */
  readonly s3Config?: Readonly<Record<string, string>>;
}

export type JobOutcome = { readonly ok: true; readonly output: unknown } | { readonly ok: false; readonly error: string };

/** What has become of the job; null while it is under way. */
export function outcomeOf({ status, output, error }: EndpointJob): JobOutcome | null {
  switch (status) {
    case 'IN_QUEUE':
    case 'IN_PROGRESS':
    case 'RUNNING':
      return null;
    case 'COMPLETED':
      // What is larger than RunPod takes is dropped, and the job completes without it.
      return output === undefined
        ? { ok: false, error: 'The job is complete, but its output is lost: too large for RunPod, perhaps.' }
        : { ok: true, output };
    case 'FAILED':
    case 'CANCELLED':
    case 'TIMED_OUT':
      return { ok: false, error: typeof error === 'string' ? error : error === undefined ? `The job is ${status}.` : JSON.stringify(error) };
    default:
      return status satisfies never;
  }
}

const Part = Type.Object({ output: Type.Unknown() });

/** With the state of the job beside the parts, or, as the documents print it, the parts alone. */
export const StreamAnswer = Type.Union([Type.Object({ status: JobState, stream: Type.Array(Part) }), Type.Array(Part)]);

export const partsOf = (answer: Static<typeof StreamAnswer>): unknown[] =>
  (Array.isArray(answer) ? answer : answer.stream).map(({ output }) => output);
