/**
 * Which addresses a worker may have. What an admin types (or what a name resolves to later) must not make this server ask
 * the cloud it runs in for its keys: link-local, metadata, unspecified and multicast addresses are never connected to.
 * Private networks are allowed: a worker at home stands in one.
 */
import { BlockList, isIP } from 'node:net';

/** IPv4 networks that are refused; also where IPv6 carries them (RFC 4291 §2.5.5, RFC 6052). */
const refused4 = [
  ['0.0.0.0', 8], // unspecified, "this network" (RFC 1122)
  ['169.254.0.0', 16], // link-local (RFC 3927), metadata of AWS, Azure, Google and others
  ['100.100.100.200', 32], // metadata of Alibaba Cloud
  ['168.63.129.16', 32], // host of Azure's machines
  ['192.0.0.192', 32], // metadata of Oracle Cloud
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
] as const;

const refused6 = [
  ['::', 128], // unspecified
  ['fe80::', 10], // link-local
  ['fd00:ec2::254', 128], // metadata of AWS
  ['fd20:ce::254', 128], // metadata of Google
  ['ff00::', 8], // multicast
] as const;

function listRefused(): BlockList {
  const list = new BlockList();
  for (const [network, bits] of refused6) list.addSubnet(network, bits, 'ipv6');
  for (const [network, bits] of refused4) {
    list.addSubnet(network, bits, 'ipv4');
    // ::/96 holds ::1 too, which is no way to 0.0.0.1.
    if (network !== '0.0.0.0') list.addSubnet(`::${network}`, 96 + bits, 'ipv6');
    list.addSubnet(`64:ff9b::${network}`, 96 + bits, 'ipv6');
  }
  return list;
}

const refused = listRefused();

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const isIn = (list: BlockList, address: string): boolean => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** `address`: an IP address without brackets. */
export const isRefused = (address: string): boolean => isIn(refused, address);
export const isLoopback = (address: string): boolean => isIn(loopback, address);

/** The host of a URL as the network sees it: an IPv6 address loses its brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');
