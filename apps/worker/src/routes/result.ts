import { Transcript } from '@bulk-transcribe/protocol';
import type { TaskStore } from '../tasks/task-store.ts';
import { errorResponses, TaskParams, type WorkerApp } from './route-schemas.ts';

export function addResultRoute(app: WorkerApp, store: TaskStore): void {
  app.get(
    '/tasks/:id/result',
    { schema: { params: TaskParams, response: { 200: Transcript, ...errorResponses } } },
    async (request) => await store.readResult(request.params.id),
  );
}
