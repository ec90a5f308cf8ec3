import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/**
 * For sockets: an error where `assertAddress` throws for any address of the name. Checked when the name is resolved, so that it
 * cannot point elsewhere later. `lookup`: the system's, unless a test stands in for the name server.
 */
export function checkedLookup(assertAddress: (address: string) => void, lookup: LookupFunction = systemLookup as LookupFunction): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, options, (error, found, family) => {
      if (error) return callback(error, found, family);
      const addresses = typeof found === 'string' ? [found] : found.map(({ address }) => address);
      try {
        for (const address of addresses) assertAddress(address);
      } catch (cause) {
        return callback(cause as Error, '', 4);
      }
      callback(null, found, family);
    });
}
