/** The last step: the transcript gets its speakers. Whatever goes wrong costs the speakers, never the transcript. */
import type { TranscribeOptions, Transcript } from '@bulk-transcribe/protocol';
import { throwIfCancelled } from './cancel.ts';
import { encodeEvidence } from './diarization/evidence-codec.ts';
import type { SpeakerListener } from './diarization/speaker-listener.ts';
import type { SpeechEvent } from './engine.ts';
import { fallbackWarnings } from './recognise/warnings.ts';
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
    return withHearing(told, listener);
  } catch (error) {
    throwIfCancelled(signal);
    const why = error instanceof Error ? error.message : String(error);
    const message = `The speakers could not be told apart (${why}). The text is complete; its speakers can be told apart later.`;
    return { ...transcript, warnings: [...transcript.warnings, { code: 'diarization_failed', message }] };
  }
}

/** With how they were heard. */
function withHearing(transcript: Transcript, { clock: { wallMs, cpuMs }, fallbacks }: SpeakerListener): Transcript {
  const { provenance, warnings } = transcript;
  const steps = [...provenance.steps, { step: 'diarize', wallMs, cpuMs }];
  if (fallbacks.length === 0) return { ...transcript, provenance: { ...provenance, steps } };
  return {
    ...transcript,
    warnings: [...warnings, ...fallbackWarnings(fallbacks)],
    provenance: { ...provenance, steps, fallbacks: [...(provenance.fallbacks ?? []), ...fallbacks] },
  };
}
