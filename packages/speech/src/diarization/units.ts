/** Regions → units that get a label (about 0.75 s), and spans that get a voice print (two neighbouring units of a region, or its only one). */
import { ROW_CENTRE, ROW_SEC } from './fbank.ts';
import { FRAME_SEC, frameStart } from './frames.ts';
import type { Region } from './regions.ts';
import { roundHalfEven } from './stitch.ts';

/** Seconds. */
const UNIT = 0.75;

export interface Unit {
  /** Number of its region. */
  readonly region: number;
  readonly frames: Int32Array;
}

/** Numbers of its first and last unit; the same where there is only one. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

export const secondsOf = ({ frames }: Unit): number => frames.length * FRAME_SEC;

/** Equal parts of a region; the first ones get the frames that are left over. */
function cutRegion(frames: Region): Int32Array[] {
  const parts = Math.max(1, roundHalfEven((frames.length * FRAME_SEC) / UNIT));
  const least = Math.floor(frames.length / parts);
  const longer = frames.length % parts;
  return Array.from({ length: parts }, (_, part) => {
    const start = part * least + Math.min(part, longer);
    return frames.subarray(start, start + least + (part < longer ? 1 : 0));
  });
}

export interface UnitsAndSpans {
  readonly units: readonly Unit[];
  readonly spans: readonly Span[];
}

export function unitsAndSpans(regions: readonly Region[]): UnitsAndSpans {
  const units: Unit[] = [];
  const spans: Span[] = [];
  for (const [region, frames] of regions.entries()) {
    const first = units.length;
    for (const part of cutRegion(frames)) units.push({ region, frames: part });
    if (units.length === first + 1) spans.push({ first, last: first });
    for (let unit = first; unit + 1 < units.length; unit += 1) spans.push({ first: unit, last: unit + 1 });
  }
  return { units, spans };
}

/** Seconds of speech that each span stands for: a unit in two spans counts half in each. [spans] */
export function uniqueSeconds({ units, spans }: UnitsAndSpans): Float64Array {
  const cover = new Uint8Array(units.length);
  for (const { first, last } of spans) for (let unit = first; unit <= last; unit += 1) cover[unit] = (cover[unit] as number) + 1;
  return Float64Array.from(spans, ({ first, last }) => {
    let sum = 0;
    for (let unit = first; unit <= last; unit += 1) sum += secondsOf(units[unit] as Unit) / (cover[unit] as number);
    return sum;
  });
}

/** The rows of the fbank whose centre lies in the frames: runs of rows, [from, to). */
export function fbankRows(frames: Int32Array): [from: number, to: number][] {
  const runs: [number, number][] = [];
  for (let at = 0; at < frames.length; ) {
    const first = frames[at] as number;
    let last = first;
    for (at += 1; frames[at] === last + 1; at += 1) last += 1;
    const from = Math.ceil((frameStart(first) - ROW_CENTRE) / ROW_SEC);
    const to = Math.floor((frameStart(last + 1) - ROW_CENTRE) / ROW_SEC) + 1;
    if (to > from) runs.push([Math.max(0, from), to]);
  }
  return runs;
}
