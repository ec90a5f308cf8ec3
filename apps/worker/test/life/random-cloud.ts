import type { Answer } from '@bulk-transcribe/runpod';
import type { FakeClock } from './fake-clock.ts';

const MINUTE = 60_000;

/** RunPod, for as long as a life lasts: down for a while, or refusing, then accepting. `goneAt`: when it accepted. */
export class RandomCloud {
  goneAt: number | null = null;
  firstCallAt: number | null = null;
  readonly #clock: FakeClock;
  readonly #random: () => number;
  readonly #downUntil: number;

  constructor(clock: FakeClock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
    // In a third of the lives the API is down for up to five minutes from the first call on.
    this.#downUntil = random() < 1 / 3 ? random() * 5 * MINUTE : 0;
  }

  async #call(): Promise<Answer<null>> {
    this.firstCallAt ??= this.#clock.now();
    const failure = (kind: 'unreachable' | 'upstream' | 'unauthorized') =>
      ({ ok: false, failure: { kind, status: null, detail: '', waitMs: null } }) as const;
    if (this.#clock.now() - this.firstCallAt < this.#downUntil) return failure('unreachable');
    if (this.#random() < 0.3) return failure(this.#random() < 0.5 ? 'upstream' : 'unauthorized');
    this.goneAt ??= this.#clock.now();
    return { ok: true, status: 204, value: null };
  }

  readonly client = {
    deletePod: () => this.#call(),
    actOnPod: () => this.#call(),
    terminateByGraphql: () => this.#call(),
    stopByGraphql: () => this.#call(),
    getPod: async () => ({ ok: false, failure: { kind: 'unauthorized', status: 403, detail: '', waitMs: null } }) as const,
  };
}
