/** Who speaks in a recording whose text is there already: it is decoded once more, and nothing is recognised. */
import { AppError, type Fallback, type TranscribeOptions, type Transcript } from '@bulk-transcribe/protocol';
import { throwIfCancelled } from './cancel.ts';
import type { Company } from './company.ts';
import type { DecodedAudio, Decoder } from './decode/decoder.ts';
import { splitChannels } from './decode/split-channels.ts';
import type { Diarizer } from './diarization/diarizer.ts';
import type { SpeakerEvidence } from './diarization/evidence.ts';
import { encodeEvidence } from './diarization/evidence-codec.ts';
import { diarizationFiles } from './diarization/models.ts';
import type { RecordingFile, SpeechEvent, Transcribe } from './engine.ts';
import { fallbackWarnings } from './recognise/warnings.ts';
import { tellLabels } from './speakers/tell-labels.ts';
import { Stopwatch } from './stopwatch.ts';
import { seconds } from './time.ts';

interface HearingParts {
  /** Name and version, for the provenance. */
  readonly engine: string;
  readonly decoder: Decoder;
  /** Null where its models cannot be loaded. */
  readonly diarizer: Diarizer | null;
  /** Whoever else is at work in this process. */
  readonly company: Company;
}

/**
 * Gives a transcript without segments: speakers, turns, and how they were heard; what they were told by comes as the event `evidence`.
 * Rejects as transcribing does, and with diarization_failed: here there is no text that could be given without speakers.
 */
export function createHearSpeakers(parts: HearingParts): Transcribe {
  return (...[recording, options, signal, onEvent]) => parts.company.with(() => hearOne(parts, { recording, options, signal, onEvent }));
}

interface OneRecording {
  readonly recording: RecordingFile;
  readonly options: TranscribeOptions;
  readonly signal: AbortSignal;
  readonly onEvent: (event: SpeechEvent) => void;
}

async function hearOne({ engine, decoder, diarizer }: HearingParts, { recording, options, signal, onEvent }: OneRecording): Promise<Transcript> {
  if (!diarizer) throw new AppError('diarization_failed', 'The models that tell voices apart could not be loaded.');
  const startedAt = new Date();
  const clocks = { decode: new Stopwatch(), diarize: new Stopwatch() };
  onEvent({ type: 'stage', stage: 'decode' });
  const audio = await clocks.decode.measure(() => decoder.open(recording, signal, { stereo: options.channels !== 'mix' }));
  onEvent({ type: 'stage', stage: 'diarize' });
  const fallbacks: Fallback[] = [];
  const evidence = await clocks.diarize.measure(() => hear({ diarizer, audio, options, signal, onEvent, fallbacks }));
  const { turns, speakers, warnings } = tellLabels(evidence, options);
  onEvent({ type: 'evidence', evidence: encodeEvidence(evidence) });
  const durationSec = seconds(evidence.channels[0]?.samples ?? 0);
  const finishedAt = new Date();
  const { cpuMs } = audio.outcome();
  return {
    ...{ version: 1, language: null, durationSec, speechSec: 0, segments: [] },
    ...{ turns: [...turns], speakers: [...speakers], warnings: [...warnings, ...fallbackWarnings(fallbacks)] },
    provenance: {
      engine,
      model: { id: 'speakers', files: diarizationFiles },
      device: fallbacks.length > 0 ? 'cpu' : diarizer.device,
      ...(fallbacks.length > 0 && { fallbacks }),
      threads: 1,
      decoder: audio.decoder,
      startedAt: startedAt.toISOString(),
      finishedAt: finishedAt.toISOString(),
      steps: [
        { step: 'decode', wallMs: clocks.decode.wallMs, ...(cpuMs !== null && { cpuMs }) },
        { step: 'diarize', wallMs: clocks.diarize.wallMs, cpuMs: clocks.diarize.cpuMs },
      ],
      timesRealTime: durationSec / Math.max((finishedAt.getTime() - startedAt.getTime()) / 1000, 0.001),
    },
  };
}

interface Hearing extends Omit<OneRecording, 'recording'> {
  readonly diarizer: Diarizer;
  readonly audio: DecodedAudio;
  /** What did not work is added. */
  readonly fallbacks: Fallback[];
}

/** What the decoder has to say is told as it is; all else is a failure of the hearing. */
async function hear({ diarizer, audio, options: { channels }, signal, onEvent, fallbacks }: Hearing): Promise<SpeakerEvidence> {
  const onFallback = (fallback: Fallback): void => void fallbacks.push(fallback);
  try {
    return await diarizer.analyse(split(audio), { channels, signal, onFallback, onProgress: progressOf(audio, onEvent) });
  } catch (cause) {
    throwIfCancelled(signal);
    if (cause instanceof AppError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('diarization_failed', `The speakers could not be told apart (${why}).`, { cause });
  }
}

/** [channels][n] of each piece. */
async function* split({ chunks, channels }: DecodedAudio): AsyncGenerator<readonly Float32Array[]> {
  for await (const chunk of chunks) yield splitChannels(chunk, channels);
}

/** Tells only when more is done than before: most pieces are too short for that. */
function progressOf({ totalSec }: DecodedAudio, onEvent: Hearing['onEvent']): (doneSec: number) => void {
  let before = 0;
  return (doneSec) => {
    if (doneSec > before) onEvent({ type: 'progress', progress: { doneSec, totalSec } });
    before = doneSec;
  };
}
