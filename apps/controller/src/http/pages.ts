/** The web pages: built by apps/web, served as files; every page path answers index.html, and the page finds its way itself. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '@bulk-transcribe/protocol';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Sessions } from './sessions.ts';

/** Vite puts files there whose names carry a hash of their content. */
const HASHED = `${path.sep}assets${path.sep}`;

/** Addresses that belong to programs: what is not found there is not a page. */
const programPaths = /^\/(api|v1|docs|assets|healthz|readyz)(\/|$)/;

export function pages(webRoot: string, sessions: Sessions) {
  return async (app: FastifyInstance): Promise<void> => {
    const built = existsSync(path.join(webRoot, 'index.html'));
    if (built) {
      await app.register(fastifyStatic, {
        root: webRoot,
        wildcard: false,
        index: false,
        decorateReply: false,
        cacheControl: false,
        setHeaders: (reply, file) => {
          reply.header('cache-control', file.includes(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache');
        },
      });
    }
    const sendPage = (request: FastifyRequest, reply: FastifyReply) => {
      if (!built) throw new AppError('not_found', 'The pages are not built: run "pnpm build" in the project\'s folder, then start again.');
      // With the page, so that the many requests it makes at once find a session to share.
      sessions.renew(request, reply);
      return reply.header('cache-control', 'no-cache').sendFile('index.html', webRoot, { cacheControl: false });
    };
    app.get('/', { schema: { hide: true } }, sendPage);
    app.get('/*', { schema: { hide: true } }, (request, reply) => {
      const isPage = !programPaths.test(request.url) && request.headers.accept?.includes('text/html');
      return isPage ? sendPage(request, reply) : reply.callNotFound();
    });
  };
}
