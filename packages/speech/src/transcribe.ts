/** Audio in, transcript out. Every step is a stream: memory does not grow with the length of the recording. */
import type { Stage, StepTime, TranscribeOptions, Transcript, WindowResult } from '@bulk-transcribe/protocol';
import { Company } from './company.ts';
import { type DecodedAudio, type Decoder, SAMPLE_RATE } from './decode/decoder.ts';
import type { Diarizer } from './diarization/diarizer.ts';
import { SpeakerListener } from './diarization/speaker-listener.ts';
import type { Transcribe } from './engine.ts';
import { OutlineDraft } from './outline.ts';
import { FinishedWindows } from './recognise/finished-windows.ts';
import { recogniseWindows } from './recognise/recognise-windows.ts';
import type { Recogniser } from './recognise/recogniser.ts';
import { Stopwatch } from './stopwatch.ts';
import { tellSpeakers } from './tell-speakers.ts';
import { TranscriptDraft } from './transcript-draft.ts';
import { packWindows } from './vad/pack-windows.ts';
import type { SpeechDetector } from './vad/silero.ts';

export interface Parts {
  /** Name and version, for the provenance. */
  readonly engine: string;
  readonly decoder: Decoder;
  readonly detectSpeech: SpeechDetector;
  /** Tells voices apart; null, or left out, where its models cannot be loaded. */
  readonly diarizer?: Diarizer | null;
  /** Whoever else is at work in this process; left out where nobody is. */
  readonly company?: Company;
  /** The loaded model that can do what is asked; rejects with the option errors. `earlier`: what an earlier attempt has finished. */
  readonly recogniserFor: (options: Parameters<Transcribe>[1], earlier: readonly WindowResult[]) => Recogniser | Promise<Recogniser>;
}

/** Several recordings at a time may go through it: each waits for its own input, and recognisers may compute theirs together. */
export function createTranscribe(parts: Parts): Transcribe {
  const { company = new Company() } = parts;
  return async (recording, options, signal, onEvent, earlier = []) => {
    const recogniser = await parts.recogniserFor(options, earlier);
    try {
      return await company.with(() => transcribeOne(parts, { recogniser, recording, options, signal, onEvent, earlier }));
    } finally {
      recogniser.close?.();
    }
  };
}

type TranscribeParameters = Parameters<Transcribe>;

interface OneRecording {
  readonly recogniser: Recogniser;
  readonly recording: TranscribeParameters[0];
  readonly options: TranscribeOptions;
  readonly signal: AbortSignal;
  readonly onEvent: TranscribeParameters[3];
  readonly earlier: readonly WindowResult[];
}

async function transcribeOne(parts: Parts, { recogniser, recording, options, signal, onEvent, earlier }: OneRecording): Promise<Transcript> {
  const draft = new TranscriptDraft({ engine: parts.engine, recogniser, options });
  const finished = new FinishedWindows(earlier);
  const clocks: Clocks = { decode: new Stopwatch(), vad: new Stopwatch(), recognise: new Stopwatch() };

  onEvent({ type: 'stage', stage: 'decode' });
  const audio = await clocks.decode.measure(() => parts.decoder.open(recording, signal, { stereo: hearsChannels(options, parts) }));
  const outline = new OutlineDraft();
  const listener = listenerFor(parts.diarizer, options, signal);
  const decoded = clocks.decode.follow(audio.chunks);
  const chunks = parts.detectSpeech(outline.follow(listener?.follow(decoded, audio.channels) ?? decoded), clocks.vad);
  const pieces = packWindows(chunks, recogniser.windows);
  const results = recogniseWindows(pieces, { recogniser, clock: clocks.recognise, finished }, signal);

  onEvent({ type: 'stage', stage: 'recognise' });
  let done = 0;
  for await (const result of results) {
    if (result.kind === 'window') onEvent({ type: 'window', window: draft.add(result) });
    if (result.kind === 'taken') draft.takeOver(result.result);
    done = result.kind === 'window' ? result.window.end : result.end;
    // Not back to the start of what is done already.
    const doneSec = Math.max(done / SAMPLE_RATE, finished.end);
    onEvent({ type: 'progress', progress: { doneSec, totalSec: audio.totalSec } });
  }

  onEvent({ type: 'stage', stage: lastStage(options) });
  const transcript = draft.finish(done, {
    decoder: audio.decoder,
    outcome: audio.outcome(),
    steps: stepsOf(audio, clocks),
    outline: outline.finish(),
  });
  return await tellSpeakers(transcript, listener, { options, signal, onEvent });
}

const hearsChannels = ({ diarization, channels }: TranscribeOptions, { diarizer }: Parts): boolean =>
  diarization && channels !== 'mix' && Boolean(diarizer);

const listenerFor = (diarizer: Parts['diarizer'], { diarization, channels }: TranscribeOptions, signal: AbortSignal): SpeakerListener | null =>
  diarization && diarizer ? new SpeakerListener(diarizer, { channels, signal }) : null;

const lastStage = ({ diarization }: TranscribeOptions): Stage => (diarization ? 'diarize' : 'finish');

type Clocks = Readonly<Record<'decode' | 'vad' | 'recognise', Stopwatch>>;

/** The decoder runs beside the other steps: its wall time is how long they waited for it, its CPU time that of its process. */
const stepsOf = (audio: DecodedAudio, { decode, vad, recognise }: Clocks): StepTime[] => {
  const { cpuMs } = audio.outcome();
  return [
    { step: 'decode', wallMs: decode.wallMs, ...(cpuMs !== null && { cpuMs }) },
    { step: 'vad', wallMs: vad.wallMs, cpuMs: vad.cpuMs },
    { step: 'recognise', wallMs: recognise.wallMs, cpuMs: recognise.cpuMs },
  ];
};
