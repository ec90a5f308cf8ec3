/** The protocol's named schemas: added to Fastify once, referred to by the routes, and named in the OpenAPI document. */
import {
  AccessRequest,
  AdminOverview,
  ErrorBody,
  Identity,
  InstalledCheckpoint,
  Job,
  JobChange,
  JobRequest,
  KeepRequest,
  KnownFile,
  KnownModel,
  ModelInfo,
  ModelInstall,
  ModelInstallRequest,
  ModelPreparation,
  ModelProposal,
  ModelState,
  ModelsOverview,
  OpenAiError,
  OpenAiModel,
  OpenAiModelList,
  OpenAiSegment,
  OpenAiTranscription,
  OpenAiVerboseTranscription,
  Outline,
  Progress,
  Provenance,
  Recording,
  RecoveryCode,
  RemoteProblem,
  RemoteWorkerChange,
  RemoteWorkerConfig,
  RemoteWorkerTest,
  RemoteWorkerTrial,
  Routing,
  Segment,
  SessionEvent,
  Speaker,
  SpeakerTurn,
  StepTime,
  SystemInfo,
  Task,
  TaskError,
  TaskWorker,
  TranscribeOptions,
  TranscribeOptionsInput,
  Transcript,
  Warning,
  Word,
  WorkerView,
} from '@bulk-transcribe/protocol';
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';

const shared: readonly TSchema[] = [
  AccessRequest,
  AdminOverview,
  ErrorBody,
  Identity,
  InstalledCheckpoint,
  Job,
  JobChange,
  JobRequest,
  KeepRequest,
  KnownFile,
  KnownModel,
  ModelInfo,
  ModelInstall,
  ModelInstallRequest,
  ModelPreparation,
  ModelProposal,
  ModelState,
  ModelsOverview,
  OpenAiError,
  OpenAiModel,
  OpenAiModelList,
  OpenAiSegment,
  OpenAiTranscription,
  OpenAiVerboseTranscription,
  Outline,
  Speaker,
  SpeakerTurn,
  Progress,
  Provenance,
  Recording,
  RecoveryCode,
  RemoteProblem,
  RemoteWorkerChange,
  RemoteWorkerConfig,
  RemoteWorkerTest,
  RemoteWorkerTrial,
  Segment,
  Routing,
  SessionEvent,
  StepTime,
  SystemInfo,
  Task,
  TaskError,
  TaskWorker,
  TranscribeOptions,
  TranscribeOptionsInput,
  Transcript,
  Warning,
  Word,
  WorkerView,
];

export function addSharedSchemas(app: FastifyInstance): void {
  for (const schema of shared) app.addSchema({ ...(linked(schema, true) as object), $id: schema.$id });
}

/** A reference to a shared schema, with its static type. */
export const ref = <T extends TSchema>(schema: T) => Type.Unsafe<Static<T>>({ $ref: `${schema.$id}#` });

/** A copy in which every named schema below the top is a reference. */
function linked(value: unknown, top = false): unknown {
  if (Array.isArray(value)) return value.map((item) => linked(item));
  if (typeof value !== 'object' || value === null) return value;
  const { $id } = value as TSchema;
  if (!top && typeof $id === 'string') return { $ref: `${$id}#` };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, linked(item)]));
}
