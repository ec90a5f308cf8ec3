/**
 * Speech spans become windows for the recogniser: consecutive spans with the pauses between them, as many as fit.
 * Windows and gaps together cover the recording exactly, in order. Holds at most about two windows of audio.
 */
import { AudioBuffer } from './audio-buffer.ts';
import { CHUNK, CUT_REGION } from './constants.ts';
import type { HeardChunk } from './silero.ts';
import { type Span, type SpanEvent, SpanTracker } from './span-tracker.ts';

/** What a recogniser wants to hear at once, in samples. */
export interface WindowPolicy {
  readonly longest: number;
  /** Real audio around each speech span. */
  readonly padding: number;
}

export interface SpeechWindow extends Span {
  readonly kind: 'window';
  readonly samples: Float32Array;
  /** Where speech was heard in it, without padding. */
  readonly speech: readonly Span[];
}

export interface Gap extends Span {
  readonly kind: 'gap';
}

export type Piece = SpeechWindow | Gap;

export async function* packWindows(chunks: AsyncIterable<HeardChunk>, policy: WindowPolicy): AsyncGenerator<Piece> {
  const packer = new WindowPacker(policy);
  for await (const chunk of chunks) yield* packer.push(chunk);
  yield* packer.finish();
}

class WindowPacker {
  readonly #policy: WindowPolicy;
  readonly #spans: SpanTracker;
  readonly #audio = new AudioBuffer();
  /** From chunk number #firstChunk on. */
  #probabilities: number[] = [];
  #firstChunk = 0;
  /** Unpadded spans, finished ones only. */
  #speech: Span[] = [];
  /** Start of the padded span that is still going on, or of what remains of it after a cut. */
  #openFrom: number | null = null;
  #window: Span | null = null;
  /** Everything before was handed on. */
  #covered = 0;

  constructor(policy: WindowPolicy) {
    this.#policy = policy;
    this.#spans = new SpanTracker(policy.padding);
  }

  *push({ samples, probability }: HeardChunk): Generator<Piece> {
    this.#audio.append(samples);
    this.#probabilities.push(probability);
    yield* this.#apply(this.#spans.push(probability));
    const heardUntil = this.#spans.open?.end;
    if (heardUntil !== undefined) yield* this.#cutUntil(heardUntil);
    yield* this.#handOn();
  }

  *finish(): Generator<Piece> {
    const total = this.#audio.end;
    yield* this.#apply(this.#spans.finish(total));
    yield* this.#closeWindow();
    yield* this.#gapUntil(total);
  }

  *#apply(events: readonly SpanEvent[]): Generator<Piece> {
    this.#speech.push(...this.#spans.takeFinished());
    for (const { type, at } of events) {
      if (type === 'start') {
        this.#openFrom = at;
        continue;
      }
      yield* this.#cutUntil(at);
      if (this.#openFrom !== null) yield* this.#add({ start: this.#openFrom, end: at });
      this.#openFrom = null;
    }
  }

  /** A span that is known to reach `end` and is too long for one window is cut where it is quietest. */
  *#cutUntil(end: number): Generator<Piece> {
    while (this.#openFrom !== null && end - this.#openFrom > this.#policy.longest) {
      const cut = this.#quietestPoint(this.#openFrom);
      yield* this.#add({ start: this.#openFrom, end: cut });
      this.#openFrom = cut;
    }
  }

  #quietestPoint(from: number): number {
    const limit = from + this.#policy.longest;
    let best = Math.ceil((limit - this.#policy.longest * CUT_REGION) / CHUNK);
    for (let chunk = best + 1; (chunk + 1) * CHUNK <= limit; chunk += 1) {
      if (this.#probabilityOf(chunk) < this.#probabilityOf(best)) best = chunk;
    }
    return best * CHUNK + CHUNK / 2;
  }

  #probabilityOf(chunk: number): number {
    return this.#probabilities[chunk - this.#firstChunk] ?? 1;
  }

  *#add(span: Span): Generator<Piece> {
    if (this.#window && span.end - this.#window.start <= this.#policy.longest) {
      this.#window = { start: this.#window.start, end: span.end };
      return;
    }
    yield* this.#closeWindow();
    this.#window = span;
  }

  /** Early hand-over: a window that nothing can join any more, and long silence; then forgets what is past. */
  *#handOn(): Generator<Piece> {
    const { horizon } = this.#spans;
    if (this.#openFrom === null && this.#window && horizon - this.#window.start >= this.#policy.longest) yield* this.#closeWindow();
    const needed = this.#window?.start ?? this.#openFrom ?? Math.max(this.#covered, horizon - this.#policy.padding);
    if (needed - this.#covered >= this.#policy.longest) yield* this.#gapUntil(needed);
    this.#audio.dropBefore(needed);
    const past = Math.floor(needed / CHUNK) - this.#firstChunk;
    this.#probabilities.splice(0, past);
    this.#firstChunk += past;
  }

  *#closeWindow(): Generator<Piece> {
    if (!this.#window) return;
    const { start, end } = this.#window;
    yield* this.#gapUntil(start);
    const open = this.#spans.open;
    const speech = (open ? [...this.#speech, open] : this.#speech)
      .map((span) => ({ start: Math.max(span.start, start), end: Math.min(span.end, end) }))
      .filter((span) => span.start < span.end);
    this.#speech = this.#speech.filter((span) => span.end > end);
    yield { kind: 'window', start, end, samples: this.#audio.slice(start, end), speech };
    this.#covered = end;
    this.#window = null;
  }

  *#gapUntil(position: number): Generator<Piece> {
    if (position > this.#covered) yield { kind: 'gap', start: this.#covered, end: position };
    this.#covered = Math.max(this.#covered, position);
  }
}
