/** Keeps other sites' pages from acting in a user's name: what changes state must come from our own pages, or from a program. */
import { AppError } from '@bulk-transcribe/protocol';
import type { FastifyInstance } from 'fastify';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface Caller {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly secFetchSite: string | undefined;
}

export function useOriginCheck(app: FastifyInstance, baseUrl: string): void {
  app.addHook('onRequest', async ({ method, headers }) => {
    const caller = { method, host: headers.host, origin: headers.origin, secFetchSite: headers['sec-fetch-site'] };
    if (!isOwnCaller(caller, baseUrl)) throw new AppError('forbidden_origin', `A page of ${caller.origin ?? 'another site'} may not do this.`);
  });
}

/**
 * A browser says where a request comes from: by Sec-Fetch-Site (W3C Fetch Metadata, on https and localhost), which no page
 * can forge, else by Origin, on every request but GET and HEAD. A program says neither.
 * "same-site" is not ours: it is any other port of this machine.
 */
export function isOwnCaller({ method, host, origin, secFetchSite }: Caller, baseUrl: string): boolean {
  if (safeMethods.has(method)) return true;
  if (secFetchSite !== undefined) return secFetchSite === 'same-origin' || secFetchSite === 'none';
  if (origin === undefined) return true;
  const from = URL.parse(origin);
  if (!from) return false;
  return from.host === host?.toLowerCase() || (baseUrl !== '' && from.origin === new URL(baseUrl).origin);
}
