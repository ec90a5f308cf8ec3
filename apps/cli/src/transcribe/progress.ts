import { createLogUpdate } from 'log-update';
import { aboutSoLong, clock } from '../clock.ts';

/** How far one recording is. */
export interface Step {
  readonly name: string;
  /** What is done to it where it is not transcribed, for example “sending”. */
  readonly doing?: string;
  readonly done: number;
  /** null where it is not known. */
  readonly total: number | null;
  /** How `done` and `total` are written. */
  readonly inWords?: (value: number) => string;
}

/** The batch around it. */
export interface Place {
  /** From 1. */
  readonly number: number;
  readonly of: number;
  /** Seconds; null while nothing is known. */
  readonly leftSec: number | null;
}

const BAR_CELLS = 20;
/** Where no terminal listens, a line each so often for whoever reads the log. */
const PLAIN_EVERY_MS = 60_000;

/** A bar that is rewritten on a terminal, a plain line a minute elsewhere. What is said in between stands above the bar. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #now: () => number;
  readonly #draw: ReturnType<typeof createLogUpdate> | null;
  #lastPlain: number;

  constructor(stream: NodeJS.WriteStream, now: () => number = () => performance.now()) {
    this.#stream = stream;
    this.#now = now;
    this.#draw = stream.isTTY ? createLogUpdate(stream, { showCursor: true }) : null;
    this.#lastPlain = now();
  }

  show(step: Step, place: Place): void {
    if (this.#draw) this.#draw(barLine(step, place));
    else if (this.#now() - this.#lastPlain >= PLAIN_EVERY_MS) {
      this.#lastPlain = this.#now();
      this.#stream.write(`${plainLine(step)}\n`);
    }
  }

  clear(): void {
    this.#draw?.clear();
  }

  say(line: string): void {
    this.clear();
    this.#stream.write(`${line}\n`);
  }
}

const plainLine = ({ name, doing, done, total, inWords = clock }: Step): string =>
  `${name}: ${doing ? `${doing} ` : ''}${inWords(done)}${total === null ? '' : ` of ${inWords(total)}`}`;

function barLine(step: Step, { number, of, leftSec }: Place): string {
  const bar = step.total ? `${barOf(step.done / step.total)} ` : '';
  const batch = of > 1 ? ` · ${number} of ${of}` : '';
  const left = leftSec === null ? '' : ` · ${aboutSoLong(leftSec)} left`;
  return bar + plainLine(step) + batch + left;
}

function barOf(fraction: number): string {
  const full = Math.round(BAR_CELLS * Math.min(1, Math.max(0, fraction)));
  return '█'.repeat(full) + '░'.repeat(BAR_CELLS - full);
}
