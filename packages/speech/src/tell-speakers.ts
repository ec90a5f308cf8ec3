/** The last step: the transcript gets its speakers. Whatever goes wrong costs the speakers, never the transcript. */
import type { TranscribeOptions, Transcript } from '@bulk-transcribe/protocol';
import { throwIfCancelled } from './cancel.ts';
import { encodeEvidence } from './diarization/evidence-codec.ts';
import type { SpeakerListener } from './diarization/speaker-listener.ts';
import type { SpeechEvent } from './engine.ts';
import { tellLabels } from './speakers/tell-labels.ts';
import { withSpeakers } from './speakers/with-speakers.ts';

interface Telling {
  readonly options: TranscribeOptions;
  readonly signal: AbortSignal;
  readonly onEvent: (event: SpeechEvent) => void;
}

/** `listener`: null where there is none. Rejects with `cancelled` only. */
export async function tellSpeakers(transcript: Transcript, listener: SpeakerListener | null, telling: Telling): Promise<Transcript> {
  const { options, signal, onEvent } = telling;
  if (!options.diarization) return transcript;
  try {
    if (!listener) throw new Error('the models that tell voices apart could not be loaded');
    const evidence = await listener.finish();
    const told = withSpeakers(transcript, tellLabels(evidence, options));
    onEvent({ type: 'evidence', evidence: encodeEvidence(evidence) });
    const { wallMs, cpuMs } = listener.clock;
    const { provenance } = told;
    return { ...told, provenance: { ...provenance, steps: [...provenance.steps, { step: 'diarize', wallMs, cpuMs }] } };
  } catch (error) {
    throwIfCancelled(signal);
    const why = error instanceof Error ? error.message : String(error);
    const message = `The speakers could not be told apart (${why}). The text is complete; ask for it again to have speakers.`;
    return { ...transcript, warnings: [...transcript.warnings, { code: 'diarization_failed', message }] };
  }
}
