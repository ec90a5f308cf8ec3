/** What the owner of this Bulk Transcribe alone may do: everything under /api/admin asks for the token of ADMIN_TOKEN. */
import { AppError } from '@bulk-transcribe/protocol';
import { sameSecret } from '@bulk-transcribe/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Wrong tokens that one address may try in five minutes. The right one is never counted, nor held up by the wrong ones. */
const WRONG_TOKENS = 10;
const WINDOW_MS = 5 * 60 * 1000;

/** AppError admin_not_configured, admin_unauthorized or too_many_requests. */
export type RequireAdmin = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** Must stand behind useApiTokens (rate limits). `token`: empty = nobody is let in. */
export function adminDoor(app: FastifyInstance, token: string): RequireAdmin {
  const countWrong = app.createRateLimit({ max: WRONG_TOKENS, timeWindow: WINDOW_MS });
  return async (request, reply) => {
    if (token === '') throw new AppError('admin_not_configured', 'Admin endpoint not configured');
    const given = request.headers['x-admin-token'];
    if (typeof given === 'string' && sameSecret(given, token)) return;
    const limit = await countWrong(request);
    if (limit.isAllowed || !limit.isExceeded) throw new AppError('admin_unauthorized', 'Unauthorized');
    reply.header('retry-after', limit.ttlInSeconds);
    throw new AppError('too_many_requests', 'Too many wrong admin tokens from this address.');
  };
}
