import { FinishedWindows, WorkerTask } from '@bulk-transcribe/protocol';
import type { Lifecycle } from '../life/lifecycle.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { countAsUpload } from './count-as-upload.ts';
import { errorResponses, TaskParams, type WorkerApp } from './route-schemas.ts';

/** Windows with all their segments and words: an hour of speech is about 1 MB. */
const LIMIT_BYTES = 16 * 1024 * 1024;

/** What earlier attempts have finished elsewhere. Can be repeated. */
export function addWindowsRoute(app: WorkerApp, { store, lifecycle }: { store: TaskStore; lifecycle: Lifecycle }): void {
  const schema = { params: TaskParams, body: FinishedWindows, response: { 200: WorkerTask, ...errorResponses } };
  app.put('/tasks/:id/windows', { bodyLimit: LIMIT_BYTES, schema, onRequest: countAsUpload(lifecycle) }, async (request) => {
    return await store.addWindows(request.params.id, request.body);
  });
}
