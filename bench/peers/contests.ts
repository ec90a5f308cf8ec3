/** What is compared: our settings against those of faster-whisper that are meant for the same. */
import type { TranscribeOptions } from '@bulk-transcribe/protocol';
import type { Entry } from '../recordings.ts';

/** Times ours is to be faster. */
export interface Goal {
  readonly perCpuSecond: number;
  /** Null where there is none. */
  readonly perWallSecond: number | null;
}

export interface Contest {
  readonly name: string;
  readonly picks: (entry: Entry) => boolean;
  readonly quality: TranscribeOptions['quality'];
  readonly batched: boolean;
  /** Of faster-whisper's `transcribe`. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly goal: Goal;
}

/** As many windows as we take at once. Ours has timestamps always. */
const BATCHED = { batch_size: 8, without_timestamps: false } as const;

const isLong = ({ file }: Entry): boolean => file.startsWith('synth/');
/** Each in a window of its own. */
const isShort = ({ file, text }: Entry): boolean => file.startsWith('librispeech/') && text !== '';

export const contests: readonly Contest[] = [
  {
    name: 'long conversations, default, against int8, batched, beam 1',
    picks: isLong,
    quality: 'standard',
    batched: true,
    options: { ...BATCHED, beam_size: 1 },
    goal: { perCpuSecond: 1.3, perWallSecond: 1.5 },
  },
  {
    name: 'long conversations, accurate (beam 5), against int8, batched, beam 5',
    picks: isLong,
    quality: 'accurate',
    batched: true,
    options: { ...BATCHED, beam_size: 5 },
    goal: { perCpuSecond: 1.3, perWallSecond: null },
  },
  {
    name: 'short clips, one by one, default, against int8, batched, beam 1',
    picks: isShort,
    quality: 'standard',
    batched: true,
    options: { ...BATCHED, beam_size: 1 },
    goal: { perCpuSecond: 1.3, perWallSecond: null },
  },
];
