/**
 * A model that goes on with less when memory runs out: half the batch, and half again; then weights of fewer bits; then the CPU.
 * What a window's text is does not hang on its batch, so that a batch may be cut anywhere. Every step down is told.
 */
import { AppError, type Fallback } from '@bulk-transcribe/protocol';
import { isOutOfMemory } from '../onnx/open-session.ts';
import { joinHidden } from './hidden.ts';
import type { DecodedRow, DecodeRequest, ForcedRow, ForceRequest, Hidden } from './requests.ts';
import type { WhisperModel } from './whisper-model.ts';

export interface Rung {
  readonly device: 'cpu' | 'cuda';
  readonly precision: 'default' | 'small';
}

/** From the best on. With VNNI the default of the CPU has 8 bits already. */
export const rungsFrom = (device: Rung['device'], vnni: boolean): Rung[] => [
  ...(device === 'cuda'
    ? ([
        { device, precision: 'default' },
        { device, precision: 'small' },
      ] as const)
    : []),
  { device: 'cpu', precision: 'default' },
  ...(vnni ? [] : ([{ device: 'cpu', precision: 'small' }] as const)),
];

export type OpenRung = (rung: Rung) => Promise<WhisperModel>;

/** Rejects with engine_unavailable where not even the last rung fits, and as `open` does. */
export async function openOnLadder(rungs: readonly Rung[], open: OpenRung): Promise<WhisperModel> {
  const ladder = new MemoryLadder(rungs, open);
  await ladder.climbDown(null);
  return ladder;
}

class MemoryLadder implements WhisperModel {
  readonly #open: OpenRung;
  readonly #rungs: Rung[];
  #rung: Rung | null = null;
  #opened: WhisperModel | null = null;
  #batchSize = 1;
  readonly fallbacks: Fallback[] = [];

  constructor(rungs: readonly Rung[], open: OpenRung) {
    this.#rungs = [...rungs];
    this.#open = open;
  }

  get #model(): WhisperModel {
    if (!this.#opened) throw new AppError('engine_unavailable', 'There is not enough memory for this model.');
    return this.#opened;
  }

  get facts() {
    return this.#model.facts;
  }

  get device() {
    return this.#model.device;
  }

  get precision() {
    return this.#model.precision;
  }

  get threads() {
    return this.#model.threads;
  }

  get batchSize() {
    return this.#batchSize;
  }

  async encode(windows: readonly Float32Array[]): Promise<Hidden> {
    const parts = await this.#inParts(windows.length, async (model, rows) => [await model.encode(rows.map((row) => windows[row] as Float32Array))]);
    return joinHidden(parts);
  }

  decode(hidden: Hidden, request: DecodeRequest): Promise<DecodedRow[]> {
    return this.#inParts(hidden.windows, (model, rows) => model.decode(partOf(hidden, rows), { ...request, ...only(request, rows) }));
  }

  force(hidden: Hidden, request: ForceRequest): Promise<ForcedRow[]> {
    return this.#inParts(hidden.windows, (model, rows) =>
      model.force(partOf(hidden, rows), { ...request, sequences: picked(request.sequences, rows) }),
    );
  }

  async release(): Promise<void> {
    await this.#opened?.release();
  }

  /** Opens the next rung that fits. `reason`: why the present one does not; null at the start. */
  async climbDown(reason: Error | null): Promise<void> {
    await this.#opened?.release();
    this.#opened = null;
    for (let why = reason; ; ) {
      const [from, to] = [this.#rung, this.#rungs.shift()];
      if (!to) throw new AppError('engine_unavailable', 'There is not enough memory for this model. Choose a smaller one.', { cause: why });
      if (from && why)
        this.#note({ what: to.device === from.device ? 'precision' : 'device', from: nameOf(from), to: nameOf(to), reason: why.message });
      this.#rung = to;
      try {
        this.#opened = await this.#open(to);
        this.#batchSize = this.#opened.batchSize;
        return;
      } catch (cause) {
        if (!isOutOfMemory(cause)) throw cause;
        why = cause as Error;
      }
    }
  }

  /** All `count` rows, as many at once as fit. */
  async #inParts<T>(count: number, work: (model: WhisperModel, rows: readonly number[]) => Promise<readonly T[]>): Promise<T[]> {
    const results: T[] = [];
    for (let at = 0; at < count; ) {
      const rows = Array.from({ length: Math.min(this.#batchSize, count - at) }, (_, index) => at + index);
      try {
        results.push(...(await work(this.#model, rows)));
        at += rows.length;
      } catch (cause) {
        if (!(cause instanceof Error && isOutOfMemory(cause))) throw cause;
        await this.#stepDown(rows.length, cause);
      }
    }
    return results;
  }

  async #stepDown(rows: number, cause: Error): Promise<void> {
    if (rows === 1) return this.climbDown(cause);
    this.#batchSize = Math.floor(rows / 2);
    this.#note({ what: 'batch', from: `${rows} windows`, to: `${this.#batchSize} windows`, reason: cause.message });
  }

  #note(fallback: Fallback): void {
    this.fallbacks.push(fallback);
    process.emitWarning(`Memory does not suffice for ${fallback.from}, going on with ${fallback.to}: ${fallback.reason}`);
  }
}

const nameOf = ({ device, precision }: Rung): string =>
  `${precision === 'small' ? '8-bit weights' : 'weights as usual'} on the ${device === 'cuda' ? 'GPU' : 'CPU'}`;

const partOf = (hidden: Hidden, rows: readonly number[]): Hidden => (rows.length === hidden.windows ? hidden : hidden.select(rows));

const picked = <T>(items: readonly T[], rows: readonly number[]): T[] => rows.map((row) => items[row] as T);

function only({ prompts, seed, from }: DecodeRequest, rows: readonly number[]): Pick<DecodeRequest, 'prompts' | 'seed' | 'from'> {
  return {
    prompts: picked(prompts, rows),
    ...(seed !== undefined && { seed: typeof seed === 'number' ? seed : picked(seed, rows) }),
    ...(from && { from: picked(from, rows) }),
  };
}
