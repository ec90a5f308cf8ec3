import { ModelName, ModelPreparation } from '@bulk-transcribe/protocol';
import { Type } from '@sinclair/typebox';
import type { ModelPreparations } from '../engine/model-preparations.ts';
import { errorResponses, type WorkerApp } from './route-schemas.ts';

/** Asks for a model; can be repeated. How far it is, and how it ended, ping and health tell. */
export function addModelRoutes(app: WorkerApp, preparations: ModelPreparations): void {
  const schema = { params: Type.Object({ name: ModelName }), response: { 202: ModelPreparation, ...errorResponses } };
  app.post('/models/:name', { schema }, async (request, reply) => await reply.code(202).send(preparations.prepare(request.params.name)));
}
