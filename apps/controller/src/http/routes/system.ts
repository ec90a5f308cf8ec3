import { SystemInfo } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { errorResponses } from '../error-responses.ts';
import type { Parts } from '../parts.ts';
import { ref } from '../shared-schemas.ts';

export const systemRoutes =
  ({ access, config, identity, workers }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/system',
      { schema: { tags: ['system'], summary: 'Models, limits and readiness', response: { 200: ref(SystemInfo), ...errorResponses([]) } } },
      async () => {
        const { ready, message, worker, models, fetchable, routing } = workers.status();
        const limits = { maxUploadBytes: config.MAX_UPLOAD_BYTES, retentionDays: config.RETENTION_DAYS };
        return { identity, ready, message, worker, routing, models: [...models], fetchable: [...fetchable], access: access.kind, ...limits };
      },
    );
  };
