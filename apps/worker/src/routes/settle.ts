import { AttemptRef, WorkerTask } from '@bulk-transcribe/protocol';
import type { TaskStore } from '../tasks/task-store.ts';
import { errorResponses, NoContent, TaskParams, type WorkerApp } from './route-schemas.ts';

/** The two ways a client ends a task. Both can be repeated. */
export function addSettleRoutes(app: WorkerApp, store: TaskStore): void {
  app.post(
    '/tasks/:id/ack',
    { schema: { params: TaskParams, body: AttemptRef, response: { 204: NoContent, ...errorResponses } } },
    async (request, reply) => {
      await store.acknowledge({ id: request.params.id, attempt: request.body.attempt });
      return await reply.code(204).send(null);
    },
  );

  app.post(
    '/tasks/:id/cancel',
    { schema: { params: TaskParams, body: AttemptRef, response: { 200: WorkerTask, ...errorResponses } } },
    async (request) => await store.cancel({ id: request.params.id, attempt: request.body.attempt }),
  );
}
