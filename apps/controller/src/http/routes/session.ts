import { AppError, RecoveryCode } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { attemptLimit } from '../attempt-limit.ts';
import { errorResponses } from '../error-responses.ts';
import type { Parts } from '../parts.ts';
import { hashRecoveryCode, newRecoveryCode } from '../recovery-code.ts';
import { ref } from '../shared-schemas.ts';

export const sessionRoutes =
  ({ jobs, files, uploads, sessions }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    const limitAttempts = attemptLimit(app);

    app.post(
      '/session/recovery-code',
      {
        schema: {
          tags: ['session'],
          summary: 'Make a code that opens this session in another browser',
          description:
            'Told this once. It holds until a new one is made or everything is deleted. Not for API tokens: a token has its session everywhere.',
          response: { 201: ref(RecoveryCode), ...errorResponses(['conflict', 'forbidden_origin']) },
        },
      },
      async ({ sessionId }, reply) => {
        if (!sessions.isBrowser(sessionId)) {
          throw new AppError('conflict', 'The session of an API token needs no code: it is open wherever the token is used.');
        }
        const code = newRecoveryCode();
        await jobs.keepRecoveryCode(sessionId, hashRecoveryCode(code));
        return reply.code(201).send({ code });
      },
    );

    app.post(
      '/session/recover',
      {
        schema: {
          tags: ['session'],
          summary: 'Open the session of a recovery code in this browser',
          body: ref(RecoveryCode),
          response: {
            204: Type.Null({ description: "The cookie is that session's now." }),
            ...errorResponses(['not_found', 'invalid_request', 'forbidden_origin']),
          },
        },
      },
      async (request, reply) => {
        await limitAttempts(request, reply);
        const sessionId = await jobs.sessionOfRecoveryCode(hashRecoveryCode(request.body.code));
        if (sessionId === null) throw new AppError('not_found', 'No session has this recovery code.');
        sessions.give(reply, sessionId);
        return reply.code(204).send(null);
      },
    );

    app.delete(
      '/session/data',
      {
        schema: {
          tags: ['session'],
          summary: 'Delete everything of this session',
          description:
            'Cancels what runs; removes jobs, transcripts, recordings with their files, half uploads, events and the recovery code, for good.',
          response: { 204: Type.Null({ description: 'Deleted.' }), ...errorResponses(['forbidden_origin']) },
        },
      },
      async ({ sessionId }, reply) => {
        await uploads.forgetSession(sessionId);
        await files.remove(await jobs.deleteEverything(sessionId));
        return reply.code(204).send(null);
      },
    );
  };
