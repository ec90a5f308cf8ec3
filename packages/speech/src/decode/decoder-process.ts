/** A child process that writes 16 kHz float32 samples to stdout and says in text lines how it goes. */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { AppError } from '@bulk-transcribe/protocol';
import { throwIfCancelled } from '../cancel.ts';
import type { RecordingFile } from '../engine.ts';
import { type DecodedAudio, SAMPLE_RATE } from './decoder.ts';
import { noAudio, silentTrack, unreadableMedia } from './media-errors.ts';
import { floatChunks } from './pcm.ts';

/** What the process has said so far; the reader of its lines is the only writer. */
export interface DecoderReport {
  decoder: string;
  totalSec: number | null;
  /** The announced length is certain: a much shorter recording was cut off. */
  totalIsExact: boolean;
  /** The audio track was found and samples follow. */
  started: boolean;
  /** Known when it has started. */
  channels: 1 | 2;
  noAudio: boolean;
  /** First complaint of the demuxer or codec. */
  problem: string | null;
  cpuMs: number | null;
  peakBytes: number | null;
}

/** Shorter than announced by more than this: cut off. Containers round, and codecs pad, by less. */
const MISSING_SEC = 2;

export const emptyReport = (decoder: string): DecoderReport => ({
  decoder,
  totalSec: null,
  totalIsExact: false,
  started: false,
  channels: 1,
  noAudio: false,
  problem: null,
  cpuMs: null,
  peakBytes: null,
});

interface DecoderRun {
  readonly child: ChildProcess;
  readonly stdout: Readable;
  /** The stream that carries the report lines. */
  readonly lines: Readable;
  readonly report: DecoderReport;
  readonly readLine: (report: DecoderReport, line: string) => void;
}

export async function decodeInProcess(run: DecoderRun, recording: RecordingFile, signal: AbortSignal): Promise<DecodedAudio> {
  const { child, report } = run;
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve)).finally(() => signal.removeEventListener('abort', kill));
  if (signal.aborted) kill();
  await started(run);
  // Before the first sample there is nothing to lose: wait for the reason, then say it.
  if (!report.started) await closed;
  throwIfCancelled(signal);
  if (!report.started) throw report.noAudio ? noAudio(recording.name) : unreadableMedia(recording.name, report.problem ?? undefined);
  let decodedSec = 0;
  let exitCode: number | null = null;
  async function* chunks() {
    try {
      for await (const chunk of floatChunks(run.stdout, report.channels)) {
        decodedSec += chunk.length / report.channels / SAMPLE_RATE;
        yield chunk;
      }
      exitCode = await closed;
      throwIfCancelled(signal);
      if (decodedSec === 0) throw report.problem ? unreadableMedia(recording.name, report.problem) : silentTrack(recording.name);
    } catch (error) {
      throwIfCancelled(signal);
      throw error;
    } finally {
      kill();
    }
  }
  return {
    decoder: report.decoder,
    totalSec: report.totalSec,
    channels: report.channels,
    chunks: chunks(),
    outcome: () => ({ damage: damageOf(report, decodedSec, exitCode), cpuMs: report.cpuMs, peakBytes: report.peakBytes }),
  };
}

/** Resolves when the report says that samples follow, or that none will. */
function started({ child, lines, report, readLine }: DecoderRun): Promise<void> {
  return new Promise((resolve, reject) => {
    const reader = createInterface({ input: lines });
    reader.on('line', (line) => {
      readLine(report, line);
      if (report.started) resolve();
    });
    reader.once('close', resolve);
    child.once('error', (cause) => reject(new AppError('engine_unavailable', 'The media decoder cannot be started.', { cause })));
  });
}

function damageOf(report: DecoderReport, decodedSec: number, exitCode: number | null): string | null {
  if (exitCode !== 0) return `the decoder ended early${report.problem ? ` (${report.problem})` : ''}`;
  if (report.problem) return report.problem;
  const missing = report.totalIsExact && report.totalSec !== null ? report.totalSec - decodedSec : 0;
  return missing > MISSING_SEC ? `it ends ${missing.toFixed(0)} s before its announced length` : null;
}
