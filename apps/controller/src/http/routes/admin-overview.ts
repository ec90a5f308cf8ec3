import { AdminOverview, Id, KeepRequest, Task } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { aboutAdmin, adminErrors } from '../error-responses.ts';
import type { Parts } from '../parts.ts';
import { ref } from '../shared-schemas.ts';

const TaskParams = Type.Object({ id: Id });
const WorkerParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: 300 }) });
const TASKS = 100;
const MINUTE_MS = 60_000;
const done = Type.Null({ description: 'Done.' });

/** Workers and queue, over all sessions. */
export const adminOverviewRoutes =
  ({ jobs, workers }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/overview',
      { schema: { ...aboutAdmin('Workers, and the tasks of all sessions'), response: { 200: ref(AdminOverview), ...adminErrors([]) } } },
      async () => {
        const { queued, dispatched, running, failed } = await jobs.taskCounts();
        const counts = { waiting: queued, running: dispatched + running, failed };
        return {
          routing: workers.status().routing,
          workers: workers.views(),
          counts,
          tasks: await jobs.watchedTasks(TASKS),
          errors: [...workers.errors()],
        };
      },
    );

    for (const [action, summary] of [
      ['cancel', 'Cancel a task of any session'],
      ['retry', 'Start a failed or cancelled task of any session again'],
    ] as const) {
      app.post(
        `/tasks/:id/${action}`,
        {
          schema: {
            ...aboutAdmin(summary),
            params: TaskParams,
            response: { 200: ref(Task), ...adminErrors(['not_found', 'conflict', 'invalid_request', 'forbidden_origin']) },
          },
        },
        async ({ params: { id } }) => {
          const session = await jobs.sessionOfTask(id);
          return action === 'cancel' ? jobs.cancelTask(session, id) : jobs.retryTask(session, id);
        },
      );
    }

    app.post(
      '/workers/:name/keep',
      {
        schema: {
          ...aboutAdmin('Keep a remote worker from ending itself for some minutes'),
          params: WorkerParams,
          body: ref(KeepRequest),
          response: { 204: done, ...adminErrors(['not_found', 'invalid_request', 'forbidden_origin']) },
        },
      },
      async ({ params, body }, reply) => {
        await workers.keep(params.name, new Date(Date.now() + body.minutes * MINUTE_MS));
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/workers/:name/drain',
      {
        schema: {
          ...aboutAdmin('Let a remote worker finish what it has and end; cannot be taken back'),
          params: WorkerParams,
          response: { 204: done, ...adminErrors(['not_found', 'worker_unavailable', 'worker_protocol', 'invalid_request', 'forbidden_origin']) },
        },
      },
      async ({ params }, reply) => {
        await workers.drain(params.name);
        return reply.code(204).send(null);
      },
    );
  };
