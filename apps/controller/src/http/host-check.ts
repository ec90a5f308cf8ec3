/** Which addresses the app may be reached under: closes DNS rebinding, where a foreign page gives itself our address. */
import { isIP } from 'node:net';
import { AppError } from '@bulk-transcribe/protocol';
import type { FastifyInstance } from 'fastify';

export interface AllowedHosts {
  /** CONTROLLER_BASE_URL, empty = none. */
  readonly baseUrl: string;
  /** ALLOWED_HOSTS: names without port. */
  readonly names: readonly string[];
}

/** Answers 421 to a Host that is neither a loopback name, nor an IP literal, nor one of the configured names. */
export function useHostCheck(app: FastifyInstance, allowed: AllowedHosts): void {
  app.addHook('onRequest', async (request) => {
    // The header itself: X-Forwarded-Host could be set by the very page that this check keeps out.
    const host = request.headers.host ?? '';
    if (!isAllowedHost(host, allowed)) throw new AppError('forbidden_host', `This service does not answer under the host name "${host}".`);
  });
}

export function isAllowedHost(host: string, { baseUrl, names }: AllowedHosts): boolean {
  const name = hostName(host);
  if (name === null) return false;
  if (isLoopbackName(name) || isIP(name) !== 0) return true;
  return names.some((allowed) => allowed.toLowerCase() === name) || (baseUrl !== '' && hostName(new URL(baseUrl).host) === name);
}

export const isLoopbackName = (name: string): boolean => name === 'localhost' || name.endsWith('.localhost');

/** The name of a Host header, without port, brackets or final dot, in lower case; null where it is not a host. */
export function hostName(host: string): string | null {
  if (/[\s/@?#\\]/.test(host) || host === '') return null;
  const name = URL.parse(`http://${host}`)?.hostname;
  return name?.replace(/^\[|\]$/g, '').replace(/\.$/, '') ?? null;
}
