/** What became of each recording: a line for people on standard error, an object for programs on standard output, and the sum. */
import { type AppError, type Transcript, toAppError, toTaskError } from '@bulk-transcribe/protocol';
import { clock } from '../clock.ts';
import { sentence } from '../sentence.ts';
import { print } from '../standard-output.ts';
import type { Input } from './find-inputs.ts';
import type { Progress } from './progress.ts';

/** A transcript that lies on disk. */
export interface WrittenOutput {
  readonly format: string;
  /** Absolute. */
  readonly path: string;
}

export type Outcome =
  | {
      readonly status: 'transcribed';
      readonly outputs: readonly WrittenOutput[];
      readonly transcript: Transcript;
    }
  | { readonly status: 'done'; readonly outputs: readonly WrittenOutput[] }
  | { readonly status: 'failed'; readonly cause: unknown };

export class Report {
  readonly #json: boolean;
  readonly #progress: Progress;
  readonly #begun = performance.now();
  readonly #counts = { transcribed: 0, done: 0, failed: 0 };
  readonly #failed: string[] = [];
  #broken = false;
  #recordedSec = 0;

  constructor(progress: Progress, { json }: { json: boolean }) {
    this.#progress = progress;
    this.#json = json;
  }

  /** Whether any recording has no transcript now. */
  get failed(): boolean {
    return this.#broken || this.#counts.failed > 0;
  }

  /** How many transcripts are there. */
  get ready(): number {
    return this.#counts.transcribed + this.#counts.done;
  }

  async tell(input: Input, outcome: Outcome): Promise<void> {
    this.#counts[outcome.status] += 1;
    if (outcome.status === 'failed') this.#failed.push(input.label);
    if (outcome.status === 'transcribed') this.#recordedSec += outcome.transcript.durationSec;
    for (const line of linesFor(input, outcome)) this.#progress.say(line);
    if (this.#json) await print(`${JSON.stringify(objectFor(input, outcome))}\n`);
  }

  /** Nothing could be transcribed, or not the rest. */
  async tellBroken(error: AppError): Promise<void> {
    this.#broken = true;
    this.#progress.say(sentence(error));
    if (this.#json) await print(`${JSON.stringify({ error: toTaskError(error) })}\n`);
  }

  /** Of several recordings; empty for one, whose line has said it all. */
  summary(): string[] {
    const { transcribed, done, failed } = this.#counts;
    const all = transcribed + done + failed;
    if (all < 2) return [];
    const seconds = (performance.now() - this.#begun) / 1000;
    const speed = transcribed > 0 ? `, ${clock(this.#recordedSec)} of recording in ${clock(seconds)}` : '';
    const counts = [`${transcribed} transcribed`, done > 0 && `${done} done before`, failed > 0 && `${failed} failed`].filter(Boolean).join(', ');
    return [`${all} recordings: ${counts}${speed}.`, ...(failed > 0 ? [`Failed: ${this.#failed.join(', ')}`] : [])];
  }
}

function linesFor({ label }: Input, outcome: Outcome): string[] {
  switch (outcome.status) {
    case 'failed': {
      const error = toAppError(outcome.cause);
      // An error of ours is only of use with its place.
      return [`${label}: ${sentence(error)}`, ...(error.code === 'internal' ? [String((outcome.cause as Error)?.stack)] : [])];
    }
    case 'done':
      return [`${label}: done before (${outcome.outputs.map(({ path }) => path).join(', ')})`];
    case 'transcribed': {
      const { durationSec, provenance, warnings } = outcome.transcript;
      const { timesRealTime, device, windows } = provenance;
      const before = windows && windows.takenOver > 0 ? `, ${windows.takenOver} of ${windows.total} windows done before` : '';
      return [
        `${label}: ${clock(durationSec)} of recording${before}, ${timesRealTime.toFixed(0)} times real time (${device})`,
        ...warnings.map(({ message }) => `  note: ${message}`),
        ...outcome.outputs.map(({ path }) => `  ${path}`),
      ];
    }
  }
}

function objectFor({ path: file, name }: Input, outcome: Outcome): object {
  const { status } = outcome;
  if (outcome.status === 'failed') return { file, name, status, error: toTaskError(toAppError(outcome.cause)) };
  if (outcome.status === 'done') return { file, name, status, outputs: outcome.outputs };
  const { durationSec, language, speakers = [], segments, warnings, provenance } = outcome.transcript;
  const words = segments.reduce((sum, { text }) => sum + text.split(/\s+/).filter(Boolean).length, 0);
  const { model, device, timesRealTime, windows } = provenance;
  const result = { durationSec, language, words, speakers: speakers.length, warnings };
  return { file, name, status, outputs: outcome.outputs, ...result, model: model.id, device, timesRealTime, windows };
}
