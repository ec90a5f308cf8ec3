/** The password in front of pages and API, where one is set. What it opens is a cookie that only this password could have made. */
import { createHmac } from 'node:crypto';
import { type Access as AccessKind, AppError } from '@bulk-transcribe/protocol';
import { sameSecret } from '@bulk-transcribe/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { attemptLimit } from './attempt-limit.ts';
import { isLoopbackHost } from './local-caller.ts';

/** After so long the password is asked for again. */
const VALID_SEC = 30 * 24 * 60 * 60;

export interface Access {
  readonly kind: AccessKind;
  /** AppError password_required where a password is set that this browser has not given. */
  require(request: FastifyRequest): void;
  /** Opens for this browser. AppError wrong_password or too_many_requests. */
  enter(request: FastifyRequest, reply: FastifyReply, password: string): Promise<void>;
}

export interface AccessOptions {
  readonly config: Pick<Config, 'ACCESS_PASSWORD' | 'HOST' | 'CONTROLLER_BASE_URL'>;
  /** The key of the session cookies. */
  readonly key: Buffer;
  readonly https: boolean;
}

/** Must stand behind useSessions (cookies) and useApiTokens (rate limits). */
export function useAccess(app: FastifyInstance, { config, key, https }: AccessOptions): Access {
  const password = config.ACCESS_PASSWORD;
  const kind = accessKind(config);
  if (kind === 'open') {
    app.log.warn('Whoever reaches this address may use Bulk Transcribe, each in a private session. Set ACCESS_PASSWORD to ask for a password.');
  }
  const name = https ? '__Host-bulk_transcribe_access' : 'bulk_transcribe_access';
  const limitAttempts = attemptLimit(app);
  // Another password is another key: every cookie made before it is worthless.
  const passes = passStamp(createHmac('sha256', key).update(`access by ${password}`).digest());
  return {
    kind,
    require: ({ cookies }) => {
      if (password === '' || passes.isValid(cookies[name] ?? '')) return;
      throw new AppError('password_required', 'This Bulk Transcribe asks for a password.');
    },
    enter: async (request, reply, given) => {
      if (password === '') return;
      await limitAttempts(request, reply);
      if (!sameSecret(given, password)) throw new AppError('wrong_password', 'The password is not right.');
      reply.setCookie(name, passes.make(), { path: '/', httpOnly: true, sameSite: 'lax', secure: https, maxAge: VALID_SEC });
    },
  };
}

export function accessKind({ ACCESS_PASSWORD, HOST, CONTROLLER_BASE_URL }: AccessOptions['config']): AccessKind {
  if (ACCESS_PASSWORD !== '') return 'password';
  return isLoopbackHost(HOST) && CONTROLLER_BASE_URL === '' ? 'local' : 'open';
}

/** `<Unix time of its end>.<HMAC-SHA256 of it>` */
function passStamp(key: Buffer) {
  const stamp = (until: string) => `${until}.${createHmac('sha256', key).update(until).digest('base64url')}`;
  return {
    make: (): string => stamp(String(Math.floor(Date.now() / 1000) + VALID_SEC)),
    isValid: (pass: string): boolean => {
      const [until = ''] = pass.split('.', 1);
      return sameSecret(pass, stamp(until)) && Number(until) * 1000 > Date.now();
    },
  };
}
