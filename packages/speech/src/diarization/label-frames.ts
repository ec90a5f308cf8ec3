/** The speakers of each frame: those of its unit, and in overlap the two for whom the windows around it vote. */
import type { ChannelEvidence } from './evidence.ts';
import { FRAME_SEC, FRAMES, LOCAL_SPEAKERS, WINDOW_STEP } from './frames.ts';
import type { Unit } from './units.ts';

/** Seconds: how fast a vote fades with the distance to where its speaker was heard alone. */
const REACH = 1.5;

/** Per frame, -1 = nobody: [frames] each. */
export interface FrameSpeakers {
  readonly first: Int16Array;
  /** In overlap. */
  readonly second: Int16Array;
}

type Heard = Pick<ChannelEvidence, 'active' | 'count'>;

/** `labels`: the voice of each unit. */
export function labelFrames({ active, count }: Heard, { units, labels, voices }: LabelledUnits): FrameSpeakers {
  const alone = new Int16Array(count.length).fill(-1);
  for (const [index, { frames }] of units.entries()) for (const frame of frames) alone[frame] = labels[index] as number;
  const first = alone.slice();
  const second = new Int16Array(count.length).fill(-1);
  const votes = voices < 2 ? null : overlapVotes({ active, count }, alone, voices);
  for (let frame = count.length - 1, next = lastSpeaker(alone); frame >= 0; frame -= 1) {
    if ((alone[frame] as number) >= 0) next = alone[frame] as number;
    if ((count[frame] as number) < 2) continue;
    const [a, b] = votes ? twoBest(votes.of(frame)) : [];
    first[frame] = a ?? next;
    second[frame] = b ?? -1;
  }
  return { first, second };
}

interface LabelledUnits {
  readonly units: readonly Unit[];
  readonly labels: Int32Array;
  readonly voices: number;
}

const lastSpeaker = (alone: Int16Array): number => alone.findLast((voice) => voice >= 0) ?? -1;

/** Voices with votes, most first; among equals the lower number. */
function twoBest(votes: Float64Array): number[] {
  const voices = [...votes.keys()].filter((voice) => (votes[voice] as number) > 0);
  return voices.sort((a, b) => (votes[b] as number) - (votes[a] as number)).slice(0, 2);
}

/** In each window each local speaker votes, where it overlaps with another, for the voices that it has where it is alone. */
function overlapVotes({ active, count }: Heard, alone: Int16Array, voices: number): Votes {
  const votes = new Votes(count, voices);
  for (let window = 0; window < active.length / FRAMES; window += 1) {
    const start = window * WINDOW_STEP;
    const heard = active.subarray(window * FRAMES, window * FRAMES + Math.min(FRAMES, count.length - start));
    const here = { heard, count: count.subarray(start), alone: alone.subarray(start) };
    for (let local = 0; local < LOCAL_SPEAKERS; local += 1) {
      for (const run of overlapRuns(here, 1 << local)) vote(votes, { ...run, start, share: shares(here, 1 << local, { ...run, voices }) });
    }
  }
  return votes;
}

/** What a window hears, and what is known of its frames. */
interface Window {
  readonly heard: Uint8Array;
  readonly count: Uint8Array;
  readonly alone: Int16Array;
}

/** Frames within the window, [from, to). */
interface Run {
  readonly from: number;
  readonly to: number;
}

/** Where the local speaker `bit` talks while more than one does. */
function overlapRuns({ heard, count }: Window, bit: number): Run[] {
  const runs: Run[] = [];
  let from = -1;
  for (let frame = 0; frame <= heard.length; frame += 1) {
    const overlaps = frame < heard.length && (count[frame] as number) >= 2 && ((heard[frame] as number) & bit) !== 0;
    if (overlaps && from < 0) from = frame;
    if (overlaps || from < 0) continue;
    runs.push({ from, to: frame });
    from = -1;
  }
  return runs;
}

/** How much of a local speaker, near a run of overlap, is each voice: [voices], sum 1; null where it is never alone. */
function shares({ heard, alone }: Window, bit: number, { from, to, voices }: Run & { readonly voices: number }): Float64Array | null {
  const share = new Float64Array(voices);
  let sum = 0;
  for (let frame = 0; frame < heard.length; frame += 1) {
    const voice = alone[frame] as number;
    if (heard[frame] !== bit || voice < 0) continue;
    const near = Math.exp((-Math.min(Math.abs(frame - from), Math.abs(frame - to)) * FRAME_SEC) / REACH);
    share[voice] = (share[voice] as number) + near;
    sum += near;
  }
  return sum > 0 ? share.map((value) => value / sum) : null;
}

function vote(votes: Votes, { from, to, start, share }: Run & { readonly start: number; readonly share: Float64Array | null }): void {
  if (!share) return;
  for (let frame = from; frame < to; frame += 1) {
    // A window knows less at its edges.
    const weight = 1 - Math.abs(frame - FRAMES / 2) / (FRAMES / 2) + 0.05;
    const sum = votes.of(start + frame);
    for (let voice = 0; voice < share.length; voice += 1) sum[voice] = (sum[voice] as number) + (share[voice] as number) * weight;
  }
}

/** [voices] for each frame of overlap, side by side: hours have many. */
class Votes {
  /** [frames]: which of the overlapped ones it is. */
  readonly #place: Int32Array;
  readonly #sums: Float64Array;
  readonly #voices: number;

  constructor(count: Uint8Array, voices: number) {
    this.#place = new Int32Array(count.length);
    let overlapped = 0;
    for (const [frame, speakers] of count.entries()) {
      this.#place[frame] = overlapped;
      if (speakers >= 2) overlapped += 1;
    }
    this.#sums = new Float64Array(overlapped * voices);
    this.#voices = voices;
  }

  /** Of a frame of overlap. To be read and added to. */
  of(frame: number): Float64Array {
    const at = (this.#place[frame] as number) * this.#voices;
    return this.#sums.subarray(at, at + this.#voices);
  }
}
