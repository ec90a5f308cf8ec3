import { AppError } from '@bulk-transcribe/protocol';
import { type FormFields, values } from './form-fields.ts';

/** Somebody who may speak in the recording, and what that person sounds like. */
export interface KnownSpeaker {
  readonly name: string;
  /** Audio of that voice alone, in any format. */
  readonly sample: Buffer;
}

/** OpenAI takes four. */
const MOST = 16;
const LONGEST_NAME = 200;
const DATA_URL = /^data:[^,]*;base64,([A-Za-z0-9+/=\s]+)$/;

/** `known_speaker_names[]` and `known_speaker_references[]`, which are data URLs. Throws invalid_request. */
export function readKnownSpeakers(fields: FormFields): KnownSpeaker[] {
  const names = values(fields, 'known_speaker_names');
  const references = values(fields, 'known_speaker_references');
  if (names.length !== references.length) throw wrong('names', `There are ${names.length} names of speakers and ${references.length} samples.`);
  if (names.length > MOST) throw wrong('names', `At most ${MOST} speakers may be known.`);
  if (new Set(names).size < names.length) throw wrong('names', 'Two known speakers have the same name.');
  if (names.some(({ length }) => length > LONGEST_NAME)) throw wrong('names', `A name is longer than ${LONGEST_NAME} characters.`);
  return names.map((name, index) => ({ name, sample: readSample(name, references[index] ?? '') }));
}

function readSample(name: string, reference: string): Buffer {
  const [, base64] = DATA_URL.exec(reference) ?? [];
  if (base64 === undefined) throw wrong('references', `The sample of ${name} is no data URL in base64 (data:audio/wav;base64,…).`);
  return Buffer.from(base64, 'base64');
}

const wrong = (what: 'names' | 'references', message: string) => new AppError('invalid_request', message, { field: `known_speaker_${what}` });
