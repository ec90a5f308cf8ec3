import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../metrics.ts';

/** One line per answer (those that only read are for debugging), path without query and no header; and its request id in the answer, to find the line by. Each is counted, too. */
export function useRequestLog(app: FastifyInstance, metrics: Pick<Metrics, 'answered'>): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, url, ip } = request;
    const ms = Math.round(reply.elapsedTime);
    metrics.answered({ method, route: request.routeOptions.url ?? 'none', status: reply.statusCode });
    const level = method === 'GET' && reply.statusCode < 400 ? 'debug' : 'info';
    request.log[level]({ method, path: url.split('?')[0], ip, status: reply.statusCode, ms }, 'request');
  });
}
