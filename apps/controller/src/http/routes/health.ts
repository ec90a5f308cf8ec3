import { AppError } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { errorResponses } from '../error-responses.ts';
import type { Parts } from '../parts.ts';

const Ok = Type.Object({ status: Type.Literal('ok') });

export const healthRoutes =
  ({ workers }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    // Asked every few seconds: not worth a line each.
    const quiet = { logLevel: 'error' } as const;

    app.get(
      '/healthz',
      { ...quiet, schema: { tags: ['system'], summary: 'Whether the process is alive', response: { 200: Ok, ...errorResponses([]) } } },
      async () => ({ status: 'ok' as const }),
    );

    app.get(
      '/readyz',
      {
        ...quiet,
        schema: {
          tags: ['system'],
          summary: 'Whether a transcription would be accepted now',
          response: { 200: Ok, ...errorResponses(['worker_unavailable']) },
        },
      },
      async () => {
        const { ready, message } = workers.status();
        if (!ready) throw new AppError('worker_unavailable', message || 'The local worker is not up.');
        return { status: 'ok' as const };
      },
    );
  };
