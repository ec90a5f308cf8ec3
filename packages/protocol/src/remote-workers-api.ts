/** Workers beside the first one, as their owner sets them up: /api/admin/remote-workers. */
import { type Static, Type } from '@sinclair/typebox';
import { Timestamp } from './ids.ts';
import { WorkerToken, WorkerUrl } from './remote-worker-api.ts';

const Name = Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]*$', description: 'On pages and in transcripts.' });

export const FurtherWorker = Type.Object(
  {
    name: Type.String(),
    url: Type.String(),
    tokenSet: Type.Boolean({ description: 'Whether there is a token. The token itself is never told.' }),
    source: Type.Union([Type.Literal('env'), Type.Literal('saved')], { description: 'env: of REMOTE_WORKERS, cannot be changed here.' }),
    updatedAt: Type.Union([Timestamp, Type.Null()]),
    warning: Type.String({ description: 'Why it is not used as it stands, for people; empty where it is.' }),
  },
  { $id: 'FurtherWorker' },
);
export type FurtherWorker = Static<typeof FurtherWorker>;

export const FurtherWorkers = Type.Object(
  {
    workers: Type.Array(FurtherWorker),
    warnings: Type.Array(Type.String(), { description: 'What their owner should know, for people.' }),
  },
  { $id: 'FurtherWorkers' },
);
export type FurtherWorkers = Static<typeof FurtherWorkers>;

/** POST. Without a name it is called after its address. */
export const FurtherWorkerAddition = Type.Object(
  { name: Type.Optional(Name), url: WorkerUrl, token: WorkerToken },
  { $id: 'FurtherWorkerAddition', additionalProperties: false },
);
export type FurtherWorkerAddition = Static<typeof FurtherWorkerAddition>;

/** PATCH. What is left out stays as it is; an empty token removes it. */
export const FurtherWorkerChange = Type.Object(
  { name: Type.Optional(Name), url: Type.Optional(WorkerUrl), token: Type.Optional(WorkerToken) },
  { $id: 'FurtherWorkerChange', additionalProperties: false },
);
export type FurtherWorkerChange = Static<typeof FurtherWorkerChange>;
