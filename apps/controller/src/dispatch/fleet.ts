/** The workers as they are set up: the local one, the one of the page /admin, those of REMOTE_WORKERS. Follows every change at once. */
import type { Logger } from 'pino';
import type { FurtherSettings } from '../remote/further-settings.ts';
import type { RemoteSettings } from '../remote/remote-settings.ts';
import { type RemoteAddress, RemoteWorker, workerNameOf } from '../remote/remote-worker.ts';
import type { NetworkRules } from '../workers/guarded-lookup.ts';
import { type Patience, WorkerLink } from '../workers/worker-link.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Lane } from './lane.ts';

export interface FleetOptions {
  readonly settings: Pick<RemoteSettings, 'mode' | 'url' | 'tokenFor' | 'on' | 'off'>;
  /** Beside the one of the settings. */
  readonly further: Pick<FurtherSettings, 'addresses' | 'on' | 'off'>;
  readonly network: NetworkRules;
  readonly dispatcher: Dispatcher;
  readonly patience?: Patience | undefined;
  readonly log: Logger;
}

interface Member {
  readonly source: RemoteWorker;
  readonly link: WorkerLink;
  readonly lane: Lane;
}

export class RemoteFleet {
  readonly #options: FleetOptions;
  /** By address. */
  readonly #members = new Map<string, Member>();
  readonly #leaving = new Set<Promise<void>>();
  #closed = false;
  readonly #follow = (): void => this.#adjust();

  constructor(options: FleetOptions) {
    this.#options = options;
    options.settings.on('change', this.#follow);
    options.further.on('change', this.#follow);
    this.#adjust();
  }

  /** Nobody joins any more. Resolves when all have left, which they do when the dispatcher closes. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#options.settings.off('change', this.#follow);
    this.#options.further.off('change', this.#follow);
    await Promise.all(this.#leaving);
  }

  #adjust(): void {
    const wanted = this.#wanted();
    for (const [url, { link, lane }] of this.#members) if (wanted.get(url)?.name !== link.name) lane.retire();
    for (const address of wanted.values()) this.#keep(address);
    this.#options.dispatcher.ringAll();
  }

  #wanted(): Map<string, RemoteAddress> {
    const { settings, further } = this.#options;
    if (settings.mode === 'off') return new Map();
    const { url } = settings;
    const single = url ? [{ name: this.#nameOf(url), url, token: settings.tokenFor(url) }] : [];
    // The last one of an address counts: the first one's own.
    return new Map([...further.addresses, ...single].map((address) => [address.url, address]));
  }

  /** Of the first worker; a name stands for one. */
  #nameOf(url: string): string {
    const name = workerNameOf(url);
    const isTaken = this.#options.further.addresses.some((other) => other.name === name && other.url !== url);
    return isTaken ? `${name} (first)` : name;
  }

  /** One whose address is known goes on, with another token perhaps; it may even have been about to leave. */
  #keep(address: RemoteAddress): void {
    const member = this.#members.get(address.url);
    // A name is a worker's identity: what it had under another address, or name, is over before it joins anew.
    const isLeaving = [...this.#members.values()].some(({ link }) => link.name === address.name);
    if (!member && !isLeaving) this.#join(address);
    else if (member && member.link.name === address.name && !member.lane.over) {
      // One that has just ended joins anew when it has left.
      member.source.token = address.token;
      member.lane.retire(false);
    }
  }

  #join(address: RemoteAddress): void {
    const { dispatcher, log, network, patience } = this.#options;
    const source = new RemoteWorker(address);
    const link = new WorkerLink(source, log, { ...patience, network });
    const lane = dispatcher.add(link);
    this.#members.set(address.url, { source, link, lane });
    const left = lane.ended.then(async () => {
      this.#members.delete(address.url);
      await link.close();
      this.#leaving.delete(left);
      if (!this.#closed) this.#adjust();
    });
    this.#leaving.add(left);
  }
}
