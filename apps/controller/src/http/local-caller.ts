/** Who works on this very machine, and what is reachable from it alone. */
import { BlockList, isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { hostName, isLoopbackName } from './host-check.ts';

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

/** The connection comes from this machine, was meant for it by name, and nothing says that it was passed on. */
export function isLocalCaller({ raw, headers }: FastifyRequest, baseUrl: string): boolean {
  // With a public address a proxy stands in front, and everything comes from it.
  if (baseUrl !== '') return false;
  const meant = isLoopbackHost(hostName(headers.host ?? '') ?? '');
  return meant && isLoopbackAddress(raw.socket.remoteAddress ?? '') && !forwardingHeaders.some((header) => headers[header] !== undefined);
}

/** A name or address that leads to this machine only. */
export const isLoopbackHost = (host: string): boolean => isLoopbackName(host) || isLoopbackAddress(host);

/** BlockList knows IPv4-mapped IPv6 addresses too. */
const isLoopbackAddress = (address: string): boolean => isIP(address) !== 0 && loopback.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
