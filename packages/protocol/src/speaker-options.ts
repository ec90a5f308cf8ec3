/** What may be asked of telling voices apart. */
import { type TSchema, Type } from '@sinclair/typebox';
import { AppError } from './errors.ts';

/** More voices than this are not told apart. */
export const MOST_SPEAKERS = 64;

const Count = (description: string) => Type.Union([Type.Integer({ minimum: 1, maximum: MOST_SPEAKERS }), Type.Null()], { description });

export const speakerOptions = {
  diarization: Type.Boolean({ description: 'Tell voices apart: each segment, and each word with a time, says who speaks.' }),
  speakers: Count('How many voices there are; null = found out. Wins over the two below.'),
  minSpeakers: Count('There are at least so many voices; null = not known.'),
  maxSpeakers: Count('There are at most so many voices; null = not known.'),
  channels: Type.Union([Type.Literal('auto'), Type.Literal('mix'), Type.Literal('separate')], {
    description: 'Voices are told apart in each of the two channels by itself (separate), in both together (mix), or as they differ (auto).',
  }),
} as const satisfies Record<string, TSchema>;

type SpeakerCounts = { readonly minSpeakers: number | null; readonly maxSpeakers: number | null };

/** invalid_request where the bounds cannot both be; `path`: where they stand in the request. */
export function contradictoryCounts({ minSpeakers, maxSpeakers }: SpeakerCounts, path = ''): AppError | null {
  if (minSpeakers === null || maxSpeakers === null || minSpeakers <= maxSpeakers) return null;
  const message = `At least ${minSpeakers} and at most ${maxSpeakers} speakers cannot both be.`;
  return new AppError('invalid_request', message, { field: `${path}minSpeakers` });
}

export const speakerDefaults = {
  diarization: false,
  speakers: null,
  minSpeakers: null,
  maxSpeakers: null,
  channels: 'auto' as const,
};
