import { appendFileSync } from 'node:fs';
import { readJsonLines } from '@bulk-transcribe/service';

interface Line {
  readonly key: string;
  readonly address: string;
}

/** Where half uploads go on, so that a run that was stopped does not send again what has arrived. */
export class UploadAddresses {
  readonly #file: string | null;
  readonly #addresses: Map<string, string>;

  /** Null: they are kept nowhere. */
  constructor(file: string | null) {
    this.#file = file;
    this.#addresses = new Map(file === null ? [] : readJsonLines<Line>(file).map(({ key, address }) => [key, address]));
  }

  get(key: string): string | null {
    return this.#addresses.get(key) ?? null;
  }

  keep(key: string, address: string): void {
    this.#addresses.set(key, address);
    if (this.#file !== null) appendFileSync(this.#file, `${JSON.stringify({ key, address } satisfies Line)}\n`, { mode: 0o600 });
  }
}
