/**
 * Speech spans from probabilities, chunk by chunk: hysteresis, least silence, least speech, then padding.
 * A span is told in two events, each as early as it is certain:
 * - `start` once the span is long enough to count as speech;
 * - `end` once the padding behind it is known: the next span may come so near that both share the pause between them.
 * All positions are samples from the start of the recording.
 */
import { CHUNK, MIN_SILENCE, MIN_SPEECH, SPEECH_OFF, SPEECH_ON } from './constants.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface SpanEvent {
  readonly type: 'start' | 'end';
  readonly at: number;
}

export class SpanTracker {
  readonly #padding: number;
  #now = 0;
  /** Unpadded start of the span that is open, counted as speech or not yet. */
  #openedAt: number | null = null;
  #confirmed = false;
  /** Start of the quiet chunks at the end of the open span. */
  #quietFrom: number | null = null;
  /** Unpadded end of the last span. */
  #lastEnd: number | null = null;
  #endIsDue = false;
  readonly #finished: Span[] = [];

  constructor(padding: number) {
    this.#padding = padding;
  }

  /** No event to come lies before this position, padding apart. */
  get horizon(): number {
    return this.#openedAt ?? this.#now;
  }

  /** Unpadded span that is open now, as far as speech was heard; null in silence. */
  get open(): Span | null {
    if (this.#openedAt === null || !this.#confirmed) return null;
    return { start: this.#openedAt, end: this.#quietFrom ?? this.#now };
  }

  /** Unpadded spans that ended since the last call. */
  takeFinished(): Span[] {
    return this.#finished.splice(0);
  }

  push(probability: number): SpanEvent[] {
    const at = this.#now;
    this.#now += CHUNK;
    if (this.#openedAt === null) this.#openIfSpeech(at, probability);
    else this.#follow(at, probability);
    const events = this.#settle();
    if (!this.#confirmed && this.#quietFrom === null) events.push(...this.#confirm(this.#now));
    return events;
  }

  /** Ends everything at the last sample. */
  finish(total: number): SpanEvent[] {
    const events = this.#openedAt === null || this.#confirmed ? [] : this.#confirm(total);
    if (this.#confirmed) this.#close(total);
    if (this.#endIsDue && this.#lastEnd !== null) events.push({ type: 'end', at: Math.min(total, this.#lastEnd + this.#padding) });
    this.#endIsDue = false;
    return events;
  }

  #openIfSpeech(at: number, probability: number): void {
    if (probability < SPEECH_ON) return;
    this.#openedAt = at;
    this.#quietFrom = null;
  }

  #follow(at: number, probability: number): void {
    if (probability >= SPEECH_OFF) {
      this.#quietFrom = null;
      return;
    }
    this.#quietFrom ??= at;
    if (this.#now - this.#quietFrom >= MIN_SILENCE) this.#close(this.#quietFrom);
  }

  #close(end: number): void {
    if (this.#confirmed && this.#openedAt !== null) {
      this.#finished.push({ start: this.#openedAt, end });
      this.#lastEnd = end;
      this.#endIsDue = true;
    }
    this.#openedAt = null;
    this.#quietFrom = null;
    this.#confirmed = false;
  }

  #confirm(now: number): SpanEvent[] {
    const start = this.#openedAt;
    if (start === null || now - start < MIN_SPEECH) return [];
    this.#confirmed = true;
    const previous = this.#lastEnd;
    if (previous === null) return [{ type: 'start', at: Math.max(0, start - this.#padding) }];
    const share = Math.min(this.#padding, (start - previous) / 2);
    const events: SpanEvent[] = [{ type: 'start', at: start - share }];
    if (this.#endIsDue) events.unshift({ type: 'end', at: previous + share });
    this.#endIsDue = false;
    return events;
  }

  /** The end is certain once no span can begin near enough to share the pause. */
  #settle(): SpanEvent[] {
    if (!this.#endIsDue || this.#lastEnd === null || this.horizon - this.#lastEnd < 2 * this.#padding) return [];
    this.#endIsDue = false;
    return [{ type: 'end', at: this.#lastEnd + this.#padding }];
  }
}
