/** Connects to allowed addresses alone: checked when a name is resolved, so that none can point elsewhere later. */
import { isIP, type LookupFunction } from 'node:net';
import { checkedLookup } from '@bulk-transcribe/service';
import { hostOf, isLoopback, isRefused } from './allowed-address.ts';
import { RemoteProblemError } from './remote-problem-error.ts';

export interface NetworkRules {
  /** Plain http to other machines, too. */
  readonly allowInsecure: boolean;
  /** The system's, unless a test stands in for the name server. */
  readonly lookup?: LookupFunction;
}

/** Throws RemoteProblemError where the address itself, without any name server, is not one to connect to. */
export function assertLiteral(target: URL, rules: NetworkRules): void {
  const host = hostOf(target);
  if (isIP(host)) assertAddress(target, host, rules);
}

/** For sockets to `target`: an error where any address of the name is not one to connect to. */
export function guardedLookup(target: URL, rules: NetworkRules): LookupFunction {
  return checkedLookup((address) => assertAddress(target, address, rules), rules.lookup);
}

function assertAddress(target: URL, address: string, { allowInsecure }: NetworkRules): void {
  if (isRefused(address)) throw new RemoteProblemError('address_refused', `${target.hostname} is ${address}, which is never connected to.`);
  if (target.protocol === 'http:' && !allowInsecure && !isLoopback(address))
    throw new RemoteProblemError('insecure_refused', `${target.hostname} is another machine, and http:// would send the token in clear.`);
}
