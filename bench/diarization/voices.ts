/** How alike voices are over recordings: those of one person, and those of different people, beside the likeness from which on one person is proposed. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Diarizer, encodeEvidence, openDiarizer } from '@bulk-transcribe/speech';
import { SpeakersThread } from '@bulk-transcribe/speech/speakers';
import { likeness } from '../../packages/speech/src/diarization/voice-cluster.ts';
import { UNKNOWN } from '../../packages/speech/src/speakers/same-voice.ts';
import type { Voice } from '../../packages/speech/src/speakers/voices-of.ts';
import { samplesOf } from './conversations.ts';

/** An entry of the manifest, as far as it is used here. */
interface Entry {
  readonly id: string;
  readonly file: string;
  readonly speakers?: readonly string[];
  readonly derivedFrom?: string;
}

interface PersonVoice extends Voice {
  readonly person: string;
  /** What is said: another recording of the same utterance says nothing of how a voice varies. */
  readonly utterance: string;
}

/** Seconds of speech that both voices of a pair hold at least. */
const LENGTHS = [1, 3, 5] as const;

/** A table of lines to be printed. */
export async function compareVoices(folder: string): Promise<string> {
  const entries: Entry[] = JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8'));
  // `formats/` is one utterance many times.
  const single = entries.filter(({ file, speakers }) => speakers?.length === 1 && !file.startsWith('formats/'));
  const diarizer = await openDiarizer({ device: 'cpu', threads: 1 });
  const thread = new SpeakersThread();
  const voices: PersonVoice[] = [];
  for (const entry of single) voices.push(...(await voicesOf({ diarizer, thread, folder, entry })));
  await Promise.all([diarizer.release(), thread.close()]);
  const persons = new Set(voices.map(({ person }) => person)).size;
  const lines = LENGTHS.map((least) => lineOf(least, pairsOf(voices.filter(({ mass }) => mass >= least))));
  return [`${voices.length} voices of ${persons} people; one person from ${UNKNOWN} on`, ...lines].join('\n');
}

interface Recording {
  readonly diarizer: Diarizer;
  readonly thread: SpeakersThread;
  readonly folder: string;
  readonly entry: Entry;
}

/** Of who speaks in the recording; none where there is too little speech. */
async function voicesOf({ diarizer, thread, folder, entry: { id, file, speakers = [], derivedFrom } }: Recording): Promise<PersonVoice[]> {
  const [person = ''] = speakers;
  const audio = { set: '', audio: path.join(folder, file), reference: '' };
  const evidence = await diarizer.analyse(samplesOf(audio), { channels: 'mix', signal: new AbortController().signal });
  const turn = { speaker: person, start: 0, end: (evidence.channels[0]?.samples ?? 0) / 16_000 };
  const voices = await thread.voices(encodeEvidence(evidence), [turn]);
  return voices.map((voice) => ({ ...voice, person, utterance: derivedFrom ?? id }));
}

interface Pair {
  readonly same: boolean;
  readonly likeness: number;
}

const pairsOf = (voices: readonly PersonVoice[]): Pair[] =>
  voices.flatMap((a, index) =>
    voices
      .slice(index + 1)
      .filter(({ utterance }) => utterance !== a.utterance)
      .map((b) => ({ same: a.person === b.person, likeness: likeness(a, b) })),
  );

function lineOf(least: number, pairs: readonly Pair[]): string {
  const [same, different] = [true, false].map((which) =>
    pairs
      .filter(({ same: one }) => one === which)
      .map(({ likeness: value }) => value)
      .toSorted((a, b) => a - b),
  ) as [number[], number[]];
  const missed = same.filter((value) => value < UNKNOWN).length;
  const wrong = different.filter((value) => value >= UNKNOWN).length;
  return [
    `from ${least} s on: one person ${spread(same)}, ${missed} of ${same.length} missed (${percent(missed, same.length)})`,
    `different people ${spread(different)}, ${wrong} of ${different.length} taken for one (${percent(wrong, different.length)})`,
  ].join('; ');
}

/** Lowest, 5th percentile, median, 95th percentile, highest. */
const spread = (sorted: readonly number[]): string =>
  [0, 0.05, 0.5, 0.95, 1].map((share) => (sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN).toFixed(2)).join(' / ');

const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(2)} %`;
