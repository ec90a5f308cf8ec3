import { AccessRequest } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { errorResponses } from '../error-responses.ts';
import type { Parts } from '../parts.ts';
import { ref } from '../shared-schemas.ts';

/** Stands before the door that it opens. */
export const accessRoutes =
  ({ access }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/access',
      {
        schema: {
          tags: ['system'],
          summary: 'Give the password (ACCESS_PASSWORD)',
          description: 'Answers a cookie that opens pages and API for this browser. It ends after 30 days, and when the password is changed.',
          body: ref(AccessRequest),
          response: {
            204: Type.Null({ description: 'Open.' }),
            ...errorResponses(['wrong_password', 'too_many_requests', 'invalid_request', 'forbidden_origin']),
          },
        },
      },
      async (request, reply) => {
        reply.header('cache-control', 'no-store');
        await access.enter(request, reply, request.body.password);
        return reply.code(204).send(null);
      },
    );
  };
