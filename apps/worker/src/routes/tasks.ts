import { TaskRequest, WorkerTask } from '@bulk-transcribe/protocol';
import type { Lifecycle } from '../life/lifecycle.ts';
import { toWorkerTask } from '../tasks/task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { errorResponses, TaskParams, type WorkerApp } from './route-schemas.ts';

/** Taking tasks and telling their state. A known attempt is answered at any time, a new one only while there is an engine. */
export function addTaskRoutes(app: WorkerApp, { store, lifecycle }: { store: TaskStore; lifecycle: Lifecycle }): void {
  app.post('/tasks', { schema: { body: TaskRequest, response: { 200: WorkerTask, 201: WorkerTask, ...errorResponses } } }, async (request, reply) => {
    if (!store.holds(request.body)) lifecycle.assertAccepting();
    // From here on until it is on disk it counts as work: the door cannot close over a task that was let in.
    using _taken = lifecycle.begin('task');
    const { task, created } = await store.put(request.body);
    return await reply.code(created ? 201 : 200).send(task);
  });

  app.get('/tasks/:id', { schema: { params: TaskParams, response: { 200: WorkerTask, ...errorResponses } } }, (request) =>
    toWorkerTask(store.find(request.params.id)),
  );
}
