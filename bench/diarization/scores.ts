/** How right turns are, and what they cost. Written a/b: error rate without a collar / with one of 0.25 s, in percent. */
import { readFile } from 'node:fs/promises';
import type { SpeakerTurn } from '@bulk-transcribe/speech';
import type { Conversation } from './conversations.ts';
import { addErrors, diarizationErrors, errorRate, readRttm } from './error-rate.ts';

const COLLAR = 0.25;

export interface Heard {
  readonly turns: readonly SpeakerTurn[];
  /** Length of the recording. */
  readonly seconds: number;
  readonly cpuSec: number;
}

export interface Score extends Conversation, Omit<Heard, 'turns'> {
  readonly found: number;
  readonly there: number;
  readonly errors: ReturnType<typeof diarizationErrors>;
  readonly errorsWithCollar: ReturnType<typeof diarizationErrors>;
}

export async function scoreOf(conversation: Conversation, { turns, seconds, cpuSec }: Heard): Promise<Score> {
  const reference = readRttm(await readFile(conversation.reference, 'utf8'));
  const heard = turns.map((turn) => ({ ...turn, speaker: String(turn.speaker) }));
  return {
    ...conversation,
    seconds,
    cpuSec,
    found: new Set(heard.map(({ speaker }) => speaker)).size,
    there: new Set(reference.map(({ speaker }) => speaker)).size,
    errors: diarizationErrors(reference, heard, 0),
    errorsWithCollar: diarizationErrors(reference, heard, COLLAR),
  };
}

/** CPU seconds per hour of recordings. */
export const costOf = (scores: readonly Score[]): number =>
  (3600 * scores.reduce((sum, { cpuSec }) => sum + cpuSec, 0)) / scores.reduce((sum, { seconds }) => sum + seconds, 0);

export function line(name: string, scores: readonly Score[]): string {
  const percent = (errors: readonly Score['errors'][]) => (100 * errorRate(addErrors(errors))).toFixed(1);
  const right = scores.filter(({ found, there }) => found === there).length;
  const rates = `${percent(scores.map(({ errors }) => errors))}/${percent(scores.map(({ errorsWithCollar }) => errorsWithCollar))}`;
  return `${name}: ${rates}, ${right}/${scores.length} counts right, ${costOf(scores).toFixed(0)} CPU s per hour`;
}

export const lines = (scores: readonly Score[]): string =>
  Object.entries(Object.groupBy(scores, ({ set }) => set))
    .map(([set, own = []]) => line(set, own))
    .join('\n');
