/** Private sessions of browsers: a random id in a signed cookie. Whoever has the cookie has the session, nobody else. */
import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const BROWSER = 'browser-';
const YEAR_SEC = 365 * 24 * 60 * 60;

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose request it is: set before any handler under /api runs. */
    sessionId: string;
  }
}

export interface Sessions {
  /** The session of the browser, a new one where it has none yet. */
  ofBrowser(request: FastifyRequest, reply: FastifyReply): string;
  /** This browser's session from now on. */
  give(reply: FastifyReply, sessionId: string): void;
  /** Not that of an API token. */
  isBrowser(sessionId: string): boolean;
  /** The same, and the cookie lasts another year. */
  renew(request: FastifyRequest, reply: FastifyReply): string;
}

export async function useSessions(app: FastifyInstance, options: { key: Buffer; https: boolean }): Promise<Sessions> {
  const { key, https } = options;
  await app.register(cookie, { secret: key });
  app.decorateRequest('sessionId', '');
  // __Host-: set by this very host over https, or not at all (RFC 6265bis §4.1.3).
  const name = https ? '__Host-bulk_transcribe_session' : 'bulk_transcribe_session';

  const known = (request: FastifyRequest): string | null => {
    const value = request.cookies[name];
    return value === undefined ? null : request.unsignCookie(value).value;
  };
  const give = (reply: FastifyReply, sessionId: string): string => {
    // Lax, not Strict: a link from elsewhere must find the session, not replace it by a new one.
    reply.setCookie(name, sessionId, { signed: true, path: '/', httpOnly: true, sameSite: 'lax', secure: https, maxAge: YEAR_SEC });
    return sessionId;
  };
  const fresh = () => BROWSER + randomUUID();
  return {
    give,
    isBrowser: (sessionId) => sessionId.startsWith(BROWSER),
    ofBrowser: (request, reply) => known(request) ?? give(reply, fresh()),
    renew: (request, reply) => give(reply, known(request) ?? fresh()),
  };
}
