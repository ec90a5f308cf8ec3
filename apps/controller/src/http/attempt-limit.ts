import { AppError } from '@bulk-transcribe/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Guesses that one address has (an IPv6 network of 64 bits counts as one). */
const ATTEMPTS = 10;
/** After so long, from the first of them on, it has as many again: nobody is locked out for good. */
const WINDOW_MS = 5 * 60 * 1000;

/** AppError too_many_requests where the address has no guess left. */
export type AttemptLimit = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/**
 * A guess is counted before it is looked at, right or wrong: then guesses sent at once do not slip through together, and
 * an address that has none left learns nothing more, not even that it has guessed right.
 */
export function attemptLimit(app: FastifyInstance): AttemptLimit {
  const count = app.createRateLimit({ max: ATTEMPTS, timeWindow: WINDOW_MS });
  return async (request, reply) => {
    const limit = await count(request);
    if (limit.isAllowed || !limit.isExceeded) return;
    reply.header('retry-after', limit.ttlInSeconds);
    throw new AppError('too_many_requests', 'Too many attempts from this address.');
  };
}
