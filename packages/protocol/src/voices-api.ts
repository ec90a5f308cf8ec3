/** The same person in several recordings of a job, by the voice. */
import { type Static, Type } from '@sinclair/typebox';
import { Id } from './ids.ts';
import { Speaker } from './transcript.ts';

export const PersonVoice = Type.Object(
  { taskId: Id, recording: Type.String({ description: 'Name of the recording.' }), speaker: Speaker },
  { $id: 'PersonVoice' },
);
export type PersonVoice = Static<typeof PersonVoice>;

/** The one name that people have given to any of these voices; null where there is none, or several. */
export function onlyName(voices: readonly PersonVoice[]): string | null {
  const [name = null, ...others] = new Set(voices.flatMap(({ speaker }) => speaker.name ?? []));
  return others.length === 0 ? name : null;
}

export const Person = Type.Object(
  {
    name: Type.Union([Type.String(), Type.Null()], {
      description: 'The one name that people have given to any of these voices; null where there is none, or several.',
    }),
    likeness: Type.Number({
      description: 'How alike the least alike of them are for how alike each is to itself: about 1 for the same voice. Below 0.6 nobody is proposed.',
    }),
    voices: Type.Array(PersonVoice, { minItems: 2, description: 'One a recording.' }),
  },
  { $id: 'Person' },
);
export type Person = Static<typeof Person>;

/** GET /api/jobs/:id/voices */
export const JobVoices = Type.Object({ persons: Type.Array(Person) }, { $id: 'JobVoices' });
export type JobVoices = Static<typeof JobVoices>;
