/** Frames → turns: runs of frames of one speaker, whose short pauses are filled. */
import { SAMPLE_RATE } from '../decode/decoder.ts';
import { frameStart } from './frames.ts';
import type { FrameSpeakers } from './label-frames.ts';
import type { SpeakerTurn } from './speaker-turns.ts';

/** Seconds: a shorter pause of one speaker does not end a turn. */
const FILL = 0.3;

/** By start, then end; within the `samples` of the recording. */
export function turnsOf({ first, second }: FrameSpeakers, voices: number, samples: number): SpeakerTurn[] {
  const turns: SpeakerTurn[] = [];
  for (let voice = 0; voice < voices; voice += 1) turns.push(...joinPauses(runsOf({ first, second }, voice)));
  return turns
    .map(({ speaker, start, end }) => ({ speaker, start: Math.max(0, start), end: Math.min(end, samples / SAMPLE_RATE) }))
    .filter(({ start, end }) => end > start)
    .sort(inOrder);
}

export const inOrder = (a: SpeakerTurn, b: SpeakerTurn): number => a.start - b.start || a.end - b.end || a.speaker - b.speaker;

function runsOf({ first, second }: FrameSpeakers, voice: number): SpeakerTurn[] {
  const runs: SpeakerTurn[] = [];
  let from = -1;
  for (let frame = 0; frame <= first.length; frame += 1) {
    const talks = frame < first.length && (first[frame] === voice || second[frame] === voice);
    if (talks && from < 0) from = frame;
    if (talks || from < 0) continue;
    runs.push({ speaker: voice, start: frameStart(from), end: frameStart(frame) });
    from = -1;
  }
  return runs;
}

function joinPauses(runs: readonly SpeakerTurn[]): SpeakerTurn[] {
  const turns: SpeakerTurn[] = [];
  for (const run of runs) {
    const last = turns.at(-1);
    if (last && run.start - last.end <= FILL) turns[turns.length - 1] = { ...last, end: run.end };
    else turns.push(run);
  }
  return turns;
}
