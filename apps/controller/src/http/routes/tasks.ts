import { Id, Task } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { errorResponses } from '../error-responses.ts';
import type { Parts } from '../parts.ts';
import { ref } from '../shared-schemas.ts';

export const taskRoutes =
  ({ jobs }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    const schema = {
      tags: ['jobs'],
      params: Type.Object({ id: Id }),
      response: { 200: ref(Task), ...errorResponses(['not_found', 'conflict', 'invalid_request', 'forbidden_origin']) },
    };

    app.post(
      '/tasks/:id/cancel',
      { schema: { ...schema, summary: 'Cancel a task', description: 'A task that is already over stays as it is.' } },
      ({ sessionId, params }) => jobs.cancelTask(sessionId, params.id),
    );

    app.post('/tasks/:id/retry', { schema: { ...schema, summary: 'Try a failed or cancelled task again' } }, ({ sessionId, params }) =>
      jobs.retryTask(sessionId, params.id),
    );
  };
