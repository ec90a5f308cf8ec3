import { AppError } from '@bulk-transcribe/protocol';
import type { FastifyInstance } from 'fastify';
import { adminDoor } from './admin.ts';
import type { Parts } from './parts.ts';
import { adminModelRoutes } from './routes/admin-models.ts';
import { adminOverviewRoutes } from './routes/admin-overview.ts';
import { adminRemoteWorkerRoutes } from './routes/admin-remote-worker.ts';
import { adminRemoteWorkersRoutes } from './routes/admin-remote-workers.ts';
import { adminSystemRoutes } from './routes/admin-system.ts';

/** For the owner: neither session nor password, but the token of ADMIN_TOKEN with every request. */
export const adminApi = (parts: Parts) => async (app: FastifyInstance) => {
  const requireAdmin = adminDoor(app, parts.config.ADMIN_TOKEN);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    await requireAdmin(request, reply);
  });
  await app.register(adminModelRoutes(parts));
  await app.register(adminRemoteWorkerRoutes(parts));
  await app.register(adminRemoteWorkersRoutes(parts));
  await app.register(adminOverviewRoutes(parts));
  await app.register(adminSystemRoutes(parts));
  // Here, so that who has no token does not learn what there is.
  app.all('/*', { schema: { hide: true } }, async ({ method, url }) => {
    throw new AppError('not_found', `There is no ${method} ${url.split('?')[0]}.`);
  });
};
