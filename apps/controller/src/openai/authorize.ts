/** Who may use the OpenAI-compatible routes: anybody on this very machine, others with an API token. */
import { BlockList, isIP } from 'node:net';
import { AppError } from '@bulk-transcribe/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hostName, isLoopbackName } from '../http/host-check.ts';
import type { Parts } from '../http/parts.ts';

/** A request that carries one of these came through a proxy: it only looks local. */
const forwardingHeaders = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
  'cf-connecting-ip',
  'true-client-ip',
];

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

export async function authorize(request: FastifyRequest, reply: FastifyReply, { config, tokens }: Pick<Parts, 'config' | 'tokens'>): Promise<void> {
  // Clients insist on sending some key, so any is accepted here.
  if (config.CONTROLLER_BASE_URL === '' && isLocal(request)) return;
  if ((await tokens.sessionOf(request, reply)) !== null) return;
  throw new AppError('unauthorized', 'From outside this machine an API token is needed.');
}

/** The connection comes from this machine, was meant for it by name, and nothing says that it was passed on. */
function isLocal({ raw, headers }: FastifyRequest): boolean {
  const name = hostName(headers.host ?? '') ?? '';
  const meant = isLoopbackName(name) || isLoopbackAddress(name);
  return meant && isLoopbackAddress(raw.socket.remoteAddress ?? '') && !forwardingHeaders.some((header) => headers[header] !== undefined);
}

/** BlockList knows IPv4-mapped IPv6 addresses too. */
const isLoopbackAddress = (address: string): boolean => isIP(address) !== 0 && loopback.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
