/**
 * One model for several recordings at a time. Calls go to it one after the other; what several recordings ask for in the same way is
 * computed as one batch, so that many short recordings fill it as a long one does. What a window's text is does not hang on its batch.
 */
import { cutRow } from './decode/cut-row.ts';
import { joinHidden } from './hidden.ts';
import type { DecodedRow, DecodeRequest, ForcedRow, ForceRequest, Hidden } from './requests.ts';
import type { WhisperModel } from './whisper-model.ts';

/** Milliseconds that a call waits for those of recordings that are just being read. */
const LINGER_MS = 30;

interface Call {
  /** Calls of one kind can be made as one. */
  readonly kind: string;
  readonly rows: number;
  readonly part: unknown;
  /** One answer per part. */
  readonly make: (parts: readonly unknown[]) => Promise<readonly unknown[]>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (cause: unknown) => void;
}

interface Asked<Request> {
  readonly hidden: Hidden;
  readonly request: Request;
}

export class SharedModel implements WhisperModel {
  readonly #model: WhisperModel;
  readonly #recordings: () => number;
  #waiting: Call[] = [];
  #isBusy = false;
  #timer: NodeJS.Timeout | null = null;

  /** `recordings`: how many use it now. */
  constructor(model: WhisperModel, recordings: () => number) {
    this.#model = model;
    this.#recordings = recordings;
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
    return this.#model.batchSize;
  }

  get fallbacks() {
    return this.#model.fallbacks ?? [];
  }

  encode(windows: readonly Float32Array[]): Promise<Hidden> {
    return this.#together('encode', windows.length, windows, async (parts) => {
      const hidden = await this.#model.encode(parts.flat());
      return parts.length === 1 ? [hidden] : rangesOf(parts.map(({ length }) => length)).map((rows) => hidden.select(rows));
    });
  }

  decode(hidden: Hidden, request: DecodeRequest): Promise<DecodedRow[]> {
    const { prompts: _, seed: __, maxTokens: ___, ...kind } = request;
    return this.#together(`decode ${JSON.stringify(kind)}`, hidden.windows, { hidden, request }, async (parts) => {
      const rows = await this.#model.decode(joinHidden(parts.map((part) => part.hidden)), joinRequests(parts.map((part) => part.request)));
      return ownRows(rows, parts).map((own, index) => own.map((row) => cutRow(row, parts[index]?.request.maxTokens ?? row.tokens.length)));
    });
  }

  force(hidden: Hidden, request: ForceRequest): Promise<ForcedRow[]> {
    const { sequences: _, ...kind } = request;
    return this.#together(`force ${JSON.stringify(kind)}`, hidden.windows, { hidden, request }, async (parts) => {
      const sequences = parts.flatMap((part) => part.request.sequences);
      return ownRows(await this.#model.force(joinHidden(parts.map((part) => part.hidden)), { ...request, sequences }), parts);
    });
  }

  async release(): Promise<void> {
    await this.#model.release();
  }

  /** Parts of one kind are of one type. */
  #together<Part, Answer>(kind: string, rows: number, part: Part, make: (parts: readonly Part[]) => Promise<readonly Answer[]>): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      this.#waiting.push({ kind, rows, part, make, resolve, reject } as Call);
      this.#look();
    });
  }

  /** At once where the batch is full or nobody else may come; else in a moment. */
  #look(): void {
    if (this.#isBusy || this.#waiting.length === 0) return;
    const isFull = this.#nextCalls().reduce((sum, { rows }) => sum + rows, 0) >= this.batchSize;
    if (isFull || this.#waiting.length >= this.#recordings()) void this.#makeNext();
    else this.#timer ??= setTimeout(() => void this.#makeNext(), LINGER_MS);
  }

  /** The one that has waited longest, and those of its kind that fit into a batch with it. */
  #nextCalls(): Call[] {
    const chosen: Call[] = [];
    let rows = 0;
    for (const call of this.#waiting) {
      const fits = chosen.length === 0 || (call.kind === chosen[0]?.kind && rows + call.rows <= this.batchSize);
      if (!fits) continue;
      chosen.push(call);
      rows += call.rows;
    }
    return chosen;
  }

  async #makeNext(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const calls = this.#nextCalls();
    this.#waiting = this.#waiting.filter((call) => !calls.includes(call));
    this.#isBusy = true;
    await make(calls);
    this.#isBusy = false;
    this.#look();
  }
}

/** Where one fails together with others it is not known whose fault it is: then each is made by itself. Never rejects. */
async function make(calls: readonly Call[]): Promise<void> {
  try {
    const answers = await calls[0]?.make(calls.map(({ part }) => part));
    for (const [index, call] of calls.entries()) call.resolve(answers?.[index]);
  } catch (cause) {
    if (calls.length === 1) calls[0]?.reject(cause);
    else for (const call of calls) await make([call]);
  }
}

function joinRequests(requests: readonly DecodeRequest[]): DecodeRequest {
  const [first, ...others] = requests;
  if (!first) throw new RangeError('There is nothing to decode.');
  if (others.length === 0) return first;
  const limits = requests.flatMap(({ maxTokens }) => maxTokens ?? []);
  const { maxTokens: _, ...shared } = first;
  return {
    ...shared,
    prompts: requests.flatMap(({ prompts }) => prompts),
    seed: requests.flatMap(({ prompts, seed = 0 }) => (typeof seed === 'number' ? prompts.map(() => seed) : seed)),
    // The longest; where one has no limit there is none.
    ...(limits.length === requests.length && { maxTokens: Math.max(...limits) }),
  };
}

const ownRows = <Row>(rows: readonly Row[], parts: readonly Asked<unknown>[]): Row[][] =>
  rangesOf(parts.map(({ hidden }) => hidden.windows)).map((range) => range.flatMap((at) => rows[at] ?? []));

/** [2, 3] → [0, 1] and [2, 3, 4]. */
function rangesOf(counts: readonly number[]): number[][] {
  let from = 0;
  return counts.map((count) => {
    const range = Array.from({ length: count }, (_, index) => from + index);
    from += count;
    return range;
  });
}
