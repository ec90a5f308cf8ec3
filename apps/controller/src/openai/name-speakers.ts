import { AppError, type Transcript } from '@bulk-transcribe/protocol';
import { matchVoices, type Voice } from '@bulk-transcribe/speech/speakers';
import type { Parts } from '../http/parts.ts';

interface HeardVoices {
  readonly transcript: Transcript;
  /** Null where the worker gave none: then nobody is known by the voice. */
  readonly evidence: Uint8Array | null;
}

export interface HeardSample extends HeardVoices {
  readonly name: string;
}

/** Which speakers of the recording are those of the samples: names by id. Throws invalid_request where a sample holds no voice. */
export async function nameSpeakers(recording: HeardVoices, samples: readonly HeardSample[], thread: Parts['speakers']): Promise<Map<string, string>> {
  const voicesOf = async ({ evidence, transcript: { turns = [] } }: HeardVoices): Promise<readonly Voice[]> =>
    evidence ? await thread.voices(evidence, turns) : [];
  const known: (Voice & { name: string })[] = [];
  for (const sample of samples) {
    const [voice] = (await voicesOf(sample)).toSorted((a, b) => b.mass - a.mass);
    if (voice) known.push({ ...voice, name: sample.name });
    else if (sample.evidence) throw noVoice(sample.name);
  }
  return new Map(matchVoices(await voicesOf(recording), known).map(({ a, b }) => [a.speaker, b.name]));
}

const noVoice = (name: string) =>
  new AppError('invalid_request', `The sample of ${name} holds too little speech: 2 to 10 seconds of that voice alone are enough.`, {
    field: 'known_speaker_references',
  });
