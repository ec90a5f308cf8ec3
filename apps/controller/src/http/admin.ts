/** What the owner of this Bulk Transcribe alone may do: everything under /api/admin asks for the token of ADMIN_TOKEN. */
import { AppError } from '@bulk-transcribe/protocol';
import { sameSecret } from '@bulk-transcribe/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { attemptLimit } from './attempt-limit.ts';

/** AppError admin_not_configured, admin_unauthorized or too_many_requests. */
export type RequireAdmin = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** Must stand behind useApiTokens (rate limits). `token`: empty = nobody is let in. */
export function adminDoor(app: FastifyInstance, token: string): RequireAdmin {
  // The right one is never counted, nor held up by the wrong ones.
  const countWrong = attemptLimit(app, { what: 'wrong admin tokens' });
  return async (request, reply) => {
    if (token === '') throw new AppError('admin_not_configured', 'Admin endpoint not configured');
    const given = request.headers['x-admin-token'];
    if (typeof given === 'string' && sameSecret(given, token)) return;
    await countWrong(request, reply);
    throw new AppError('admin_unauthorized', 'Unauthorized');
  };
}
