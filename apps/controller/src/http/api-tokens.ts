/** Programs come with `Authorization: Bearer <one of API_TOKENS>`; each token has a session of its own. */
import { createHash } from 'node:crypto';
import { AppError } from '@bulk-transcribe/protocol';
import { bearerToken, sameSecret } from '@bulk-transcribe/service';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { attemptLimit } from './attempt-limit.ts';

/** Wrong tokens that one address may try in a minute. Right ones are never counted, nor held up by the wrong ones. */
const WRONG_TOKENS_PER_MINUTE = 20;

export interface ApiTokens {
  /** The token's session; null where the request brings no token. AppError unauthorized or too_many_requests for a wrong one. */
  sessionOf(request: FastifyRequest, reply: FastifyReply): Promise<string | null>;
}

export async function useApiTokens(app: FastifyInstance, tokens: readonly string[]): Promise<ApiTokens> {
  await app.register(rateLimit, { global: false });
  const countWrong = attemptLimit(app, { attempts: WRONG_TOKENS_PER_MINUTE, windowMs: 60_000, what: 'wrong tokens' });

  const refuse = async (request: FastifyRequest, reply: FastifyReply): Promise<never> => {
    await countWrong(request, reply);
    throw new AppError('unauthorized', 'The token is not one of API_TOKENS.');
  };
  return {
    sessionOf: async (request, reply) => {
      const { authorization } = request.headers;
      // Another scheme is not meant for us: a proxy's own Basic authentication comes through here.
      if (authorization === undefined || !/^bearer\b/i.test(authorization)) return null;
      const token = matching(tokens, bearerToken(authorization) ?? '');
      return token === null ? refuse(request, reply) : tokenSession(token);
    },
  };
}

/** Compares with every token, so that the time tells nothing. */
const matching = (tokens: readonly string[], given: string): string | null => tokens.filter((token) => sameSecret(given, token))[0] ?? null;

/** The session's name is a hash: the token itself is stored nowhere. */
const tokenSession = (token: string): string => `token-${createHash('sha256').update(`session of ${token}`).digest('hex')}`;
