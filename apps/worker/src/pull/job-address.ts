/** Which addresses a job may name: it must not make this machine ask its own network, or the cloud it runs in, for anything. */
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { AppError } from '@bulk-transcribe/protocol';
import { checkedLookup } from '@bulk-transcribe/service';

/** Not of the public internet (IANA's special-purpose registries, RFC 6890), clouds' metadata among them. */
const special4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;
const special6 = [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
  ['2002::', 16],
] as const;

const special = new BlockList();
for (const [network, bits] of special4) special.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of special6) special.addSubnet(network, bits, 'ipv6');

const isSpecial = (address: string): boolean => special.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** The field of the job that names the address. */
type AddressField = 'audio' | 's3Config';

const refused = (why: string, field?: AddressField): AppError =>
  new AppError('invalid_request', `The address in ${field ?? 'the job'} is not asked: ${why}. ALLOW_INSECURE_AUDIO=true would allow it.`, {
    ...(field && { field }),
  });

/** Throws invalid_request where `text` is not an address that may be asked. */
export function jobAddress(text: string, { allowInsecure, field }: { allowInsecure: boolean; field: AddressField }): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new AppError('invalid_request', `${field} is not an https:// address.`, { field });
  }
  if (allowInsecure) return url;
  if (url.protocol === 'http:') throw refused('http:// can be listened to', field);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) && isSpecial(host)) throw refused('it is not one of the public internet', field);
  return url;
}

/** For sockets. */
export const publicLookup: LookupFunction = checkedLookup((address) => {
  if (isSpecial(address)) throw refused('its name leads into a private network');
});
