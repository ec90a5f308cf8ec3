/** Gathers what the steps found; the transcript is made of it at the end. */
import type { Outline, Provenance, Segment, StepTime, TranscribeOptions, Transcript, Warning, WindowResult } from '@bulk-transcribe/protocol';
import { type DecodeOutcome, SAMPLE_RATE } from './decode/decoder.ts';
import { LanguageTally } from './recognise/language-tally.ts';
import type { RecognisedWindow } from './recognise/recognise-windows.ts';
import type { Recogniser } from './recognise/recogniser.ts';
import { segmentsOf } from './recognise/segments.ts';
import { fallbackWarnings, optionWarnings, recordingWarnings, windowWarnings } from './recognise/warnings.ts';
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
  readonly outline: Outline;
}

export class TranscriptDraft {
  readonly #facts: DraftFacts;
  readonly #startedAt = new Date();
  readonly #segments: Segment[] = [];
  readonly #warnings: Warning[];
  readonly #languages = new LanguageTally();
  #windows = 0;
  #takenOver = 0;
  #speechSec = 0;
  #logProbSum = 0;
  #textSec = 0;
  #isTold = false;

  constructor(facts: DraftFacts) {
    this.#facts = facts;
    this.#warnings = [...optionWarnings(facts.options, facts.recogniser.info), ...(facts.recogniser.warnings ?? [])];
  }

  add({ window, recognition }: RecognisedWindow): WindowResult {
    const { language } = recognition;
    const result = {
      index: this.#windows,
      start: seconds(window.start),
      end: seconds(window.end),
      ...(language && { language }),
      segments: segmentsOf(window, recognition),
      warnings: windowWarnings(window, recognition),
    };
    this.#note(result);
    return result;
  }

  /** The same for a window that an earlier attempt has finished. */
  takeOver(result: WindowResult): void {
    this.#takenOver += 1;
    this.#note(result);
  }

  #note(result: WindowResult): void {
    const { start, end, segments, warnings } = result;
    this.#languages.add(result);
    this.#windows += 1;
    this.#segments.push(...segments);
    this.#warnings.push(...warnings);
    this.#speechSec += end - start;
    this.#isTold ||= segments.length + warnings.length > 0;
    for (const segment of segments) {
      const length = segment.end - segment.start;
      this.#textSec += length;
      this.#logProbSum += segment.avgLogProb * length;
    }
  }

  finish(samples: number, { decoder, outcome, steps, outline }: Ending): Transcript {
    const { engine, recogniser, options } = this.#facts;
    const finishedAt = new Date();
    const { fallbacks = [] } = recogniser;
    const avgLogProb = this.#textSec > 0 ? this.#logProbSum / this.#textSec : null;
    const provenance: Provenance = {
      engine,
      model: { id: recogniser.info.id, files: recogniser.files },
      device: recogniser.device,
      ...(recogniser.deviceName && { deviceName: recogniser.deviceName }),
      ...(recogniser.precision && { precision: recogniser.precision }),
      ...(fallbacks.length > 0 && { fallbacks: [...fallbacks] }),
      threads: recogniser.threads,
      decoder,
      startedAt: this.#startedAt.toISOString(),
      finishedAt: finishedAt.toISOString(),
      steps: [...steps],
      windows: { total: this.#windows, takenOver: this.#takenOver },
      timesRealTime: samples / SAMPLE_RATE / Math.max((finishedAt.getTime() - this.#startedAt.getTime()) / 1000, 0.001),
    };
    return {
      version: 1,
      language: this.#languages.most ?? (recogniser.info.languages.length === 1 ? (recogniser.info.languages[0] ?? null) : options.language),
      durationSec: seconds(samples),
      speechSec: Math.round(this.#speechSec * 1000) / 1000,
      segments: this.#segments,
      warnings: [
        ...this.#warnings,
        ...fallbackWarnings(fallbacks),
        ...recordingWarnings({ windows: this.#windows, told: this.#isTold, avgLogProb, damage: outcome.damage }, recogniser.info),
      ],
      provenance,
      outline,
    };
  }
}
