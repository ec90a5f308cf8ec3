import { AppError } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { errorResponses } from '../error-responses.ts';
import { isLocalCaller } from '../local-caller.ts';
import type { Parts } from '../parts.ts';

export const metricsRoutes =
  ({ config, metrics, tokens }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/metrics',
      {
        // Asked every few seconds: not worth a line each.
        logLevel: 'error',
        schema: {
          tags: ['system'],
          summary: 'Figures for Prometheus',
          description: 'For programs on this machine; others, and any where CONTROLLER_BASE_URL is set, send one of API_TOKENS.',
          response: {
            200: { description: "Prometheus' text format.", content: { 'text/plain': { schema: Type.Unsafe<unknown>({ type: 'string' }) } } },
            ...errorResponses(['unauthorized']),
          },
        },
      },
      async (request, reply) => {
        if (!isLocalCaller(request, config.CONTROLLER_BASE_URL) && (await tokens.sessionOf(request, reply)) === null) {
          throw new AppError('unauthorized', 'From outside this machine an API token is needed.');
        }
        const { body, contentType } = await metrics.text();
        return reply.header('cache-control', 'no-store').type(contentType).send(Buffer.from(body));
      },
    );
  };
