import { isIP } from 'node:net';
import { AppError } from '@bulk-transcribe/protocol';
import { hostOf, isLoopback, isRefused } from '../workers/allowed-address.ts';

/** Blanks and line ends that come along when an address or a token is copied. */
const withoutBlanksAround = (text: string): string => text.replace(/^[\s\u200b\ufeff]+|[\s\u200b\ufeff]+$/g, '');

const wrong = (message: string): AppError => new AppError('invalid_request', message, { field: 'url' });

/**
 * The address as it is kept: trimmed, without trailing slashes; empty stays empty. Asks no name server.
 * AppError invalid_request with the field `url`.
 */
export function readWorkerUrl(given: string, { allowInsecure }: { allowInsecure: boolean }): string {
  const text = withoutBlanksAround(given);
  if (text === '') return '';
  const url = parse(text);
  const host = hostOf(url);
  if (isIP(host) && isRefused(host)) throw wrong('Link-local, metadata and unspecified addresses are never connected to.');
  if (url.protocol === 'http:' && !allowInsecure && !isThisMachine(host))
    throw wrong('http:// goes to this machine alone: use https://, or set ALLOW_INSECURE_WORKER=true where the network between is your own.');
  return url.href.replace(/\/+$/, '');
}

function parse(text: string): URL {
  if (!/^https?:\/\/\S+$/i.test(text) || /[\p{Cc}\\]/u.test(text) || !URL.canParse(text)) {
    throw wrong('The address must be of the form https://host or https://host:port.');
  }
  const url = new URL(text);
  if (url.username || url.password) throw wrong('The address must not carry a user name or password; the token has a field of its own.');
  if (url.search || url.hash) throw wrong('The address must end before any ? or #.');
  return url;
}

const isThisMachine = (host: string): boolean => (isIP(host) ? isLoopback(host) : /(^|\.)localhost\.?$/.test(host));

/** Scheme, host and port; empty for none. */
export const originOf = (url: string): string => (url === '' ? '' : new URL(url).origin);

/** AppError invalid_request with the field `token`. Empty stays empty. */
export function readWorkerToken(given: string): string {
  const token = withoutBlanksAround(given);
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(token)) {
    throw new AppError('invalid_request', 'The token must not hold a line break or another control character.', { field: 'token' });
  }
  return token;
}
