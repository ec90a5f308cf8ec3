import { Id, Job, JobChange } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { errorResponses } from '../error-responses.ts';
import type { Parts } from '../parts.ts';
import { ref } from '../shared-schemas.ts';

export const keepJobRoute =
  ({ jobs }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.patch(
      '/jobs/:id',
      {
        schema: {
          tags: ['jobs'],
          summary: 'Keep a job, or let it go when its time has come',
          description: 'A kept job is not deleted after `retentionDays`.',
          params: Type.Object({ id: Id }),
          body: ref(JobChange),
          response: { 200: ref(Job), ...errorResponses(['not_found', 'invalid_request', 'forbidden_origin']) },
        },
      },
      ({ sessionId, params, body }) => jobs.keepJob(sessionId, params.id, body.kept),
    );
  };
