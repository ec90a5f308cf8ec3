import { AppError } from '@bulk-transcribe/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Guesses that one address has (an IPv6 network of 64 bits counts as one). */
const ATTEMPTS = 10;
/** After so long, from the first of them on, it has as many again: nobody is locked out for good. */
const WINDOW_MS = 5 * 60 * 1000;

export interface AttemptLimitOptions {
  readonly attempts?: number;
  readonly windowMs?: number;
  /** What there were too many of, for people. */
  readonly what?: string;
}

/** Counts one. AppError too_many_requests where the address has none left. */
export type AttemptLimit = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/**
 * A password or code is counted before it is looked at, right or wrong: then guesses sent at once do not slip through together,
 * and an address that has none left learns nothing more, not even that it has guessed right. A token, which nobody guesses and
 * programs send again and again, is counted where it was wrong. Must stand behind useApiTokens (rate limits).
 */
export function attemptLimit(
  app: FastifyInstance,
  { attempts = ATTEMPTS, windowMs = WINDOW_MS, what = 'attempts' }: AttemptLimitOptions = {},
): AttemptLimit {
  const count = app.createRateLimit({ max: attempts, timeWindow: windowMs });
  return async (request, reply) => {
    const limit = await count(request);
    if (limit.isAllowed || !limit.isExceeded) return;
    reply.header('retry-after', limit.ttlInSeconds);
    throw new AppError('too_many_requests', `Too many ${what} from this address.`);
  };
}
