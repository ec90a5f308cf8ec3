/** Gathers what the steps found; the transcript is made of it at the end. */
import type { Provenance, Segment, StepTime, TranscribeOptions, Transcript, Warning, WindowResult } from '@bulk-transcribe/protocol';
import { type DecodeOutcome, SAMPLE_RATE } from './decode/decoder.ts';
import { LanguageTally } from './recognise/language-tally.ts';
import type { RecognisedWindow } from './recognise/recognise-windows.ts';
import type { Recogniser } from './recognise/recogniser.ts';
import { segmentsOf } from './recognise/segments.ts';
import { optionWarnings, recordingWarnings, windowWarnings } from './recognise/warnings.ts';
import { seconds } from './time.ts';

interface DraftFacts {
  readonly engine: string;
  readonly recogniser: Recogniser;
  readonly options: TranscribeOptions;
}

interface Ending {
  readonly decoder: string;
  readonly outcome: DecodeOutcome;
  readonly steps: readonly StepTime[];
}

export class TranscriptDraft {
  readonly #facts: DraftFacts;
  readonly #startedAt = new Date();
  readonly #segments: Segment[] = [];
  readonly #warnings: Warning[];
  readonly #languages = new LanguageTally();
  #windows = 0;
  #speechSamples = 0;
  #logProbSum = 0;
  #textSamples = 0;

  constructor(facts: DraftFacts) {
    this.#facts = facts;
    this.#warnings = [...optionWarnings(facts.options, facts.recogniser.info), ...(facts.recogniser.warnings ?? [])];
  }

  add({ window, recognition }: RecognisedWindow): WindowResult {
    const segments = segmentsOf(window, recognition);
    const warnings = windowWarnings(window, recognition);
    const length = window.end - window.start;
    this.#segments.push(...segments);
    this.#warnings.push(...warnings);
    this.#speechSamples += length;
    if (recognition.text) {
      this.#textSamples += length;
      this.#logProbSum += recognition.avgLogProb * length;
    }
    const { language } = recognition;
    const result = {
      index: this.#windows,
      start: seconds(window.start),
      end: seconds(window.end),
      ...(language && { language }),
      segments,
      warnings,
    };
    this.#languages.add(result);
    this.#windows += 1;
    return result;
  }

  finish(samples: number, { decoder, outcome, steps }: Ending): Transcript {
    const { engine, recogniser, options } = this.#facts;
    const finishedAt = new Date();
    const avgLogProb = this.#textSamples > 0 ? this.#logProbSum / this.#textSamples : null;
    const provenance: Provenance = {
      engine,
      model: { id: recogniser.info.id, files: recogniser.files },
      device: recogniser.device,
      threads: recogniser.threads,
      decoder,
      startedAt: this.#startedAt.toISOString(),
      finishedAt: finishedAt.toISOString(),
      steps: [...steps],
      timesRealTime: samples / SAMPLE_RATE / Math.max((finishedAt.getTime() - this.#startedAt.getTime()) / 1000, 0.001),
    };
    return {
      version: 1,
      language: this.#languages.most ?? (recogniser.info.languages.length === 1 ? (recogniser.info.languages[0] ?? null) : options.language),
      durationSec: seconds(samples),
      speechSec: seconds(this.#speechSamples),
      segments: this.#segments,
      warnings: [...this.#warnings, ...recordingWarnings({ windows: this.#windows, avgLogProb, damage: outcome.damage }, recogniser.info)],
      provenance,
    };
  }
}
