/** Which voice each unit is: the best way through all of them (Viterbi), where changing inside a region costs something. */

import { secondsOf, type UnitsAndSpans } from './units.ts';
import { dot } from './voice-cluster.ts';

/** What a change of speaker inside one region costs, in similarity × seconds. */
const CHANGE = 0.15;
/** Seconds: a longer unit does not count more. */
const LONGEST = 1;

export interface SpanPrints {
  /** [spans, dimensions], and seconds of sound in each [spans]. */
  readonly embeddings: Float32Array;
  readonly seconds: Float32Array;
}

/** → similarity of each unit to each voice [units, voices]: the mean of the spans that cover it, weighted by their seconds. */
export function unitScores({ units, spans }: UnitsAndSpans, { embeddings, seconds }: SpanPrints, voices: readonly Float32Array[]): Float64Array {
  const scores = new Float64Array(units.length * voices.length);
  const weight = new Float64Array(units.length);
  for (const [index, { first, last }] of spans.entries()) {
    const length = seconds[index] as number;
    const dimensions = embeddings.length / spans.length;
    const print = embeddings.subarray(index * dimensions, (index + 1) * dimensions);
    for (const [voice, centroid] of voices.entries()) {
      const similarity = dot(print, centroid) * length;
      for (let unit = first; unit <= last; unit += 1)
        scores[unit * voices.length + voice] = (scores[unit * voices.length + voice] as number) + similarity;
    }
    for (let unit = first; unit <= last; unit += 1) weight[unit] = (weight[unit] as number) + length;
  }
  return scores.map((score, index) => score / Math.max(weight[Math.floor(index / voices.length)] as number, 1e-9));
}

/** `scores` [units, voices] → the voice of each unit [units]. */
export function labelUnits({ units }: UnitsAndSpans, scores: Float64Array, voices: number): Int32Array {
  const best = new Float64Array(voices);
  // [units, voices]: the voice of the unit before on the best way.
  const back = new Uint16Array(units.length * voices);
  for (const [index, unit] of units.entries()) {
    const cost = unit.region === units[index - 1]?.region ? CHANGE : 0;
    const leader = firstLargest(best);
    const jump = (best[leader] as number) - cost;
    const seconds = Math.min(secondsOf(unit), LONGEST);
    for (let voice = 0; voice < voices; voice += 1) {
      const stays = (best[voice] as number) >= jump;
      back[index * voices + voice] = stays ? voice : leader;
      best[voice] = (stays ? (best[voice] as number) : jump) + (scores[index * voices + voice] as number) * seconds;
    }
  }
  const labels = new Int32Array(units.length);
  for (let index = units.length - 1, voice = firstLargest(best); index >= 0; index -= 1) {
    labels[index] = voice;
    voice = back[index * voices + voice] as number;
  }
  return labels;
}

function firstLargest(values: Float64Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index += 1) if ((values[index] as number) > (values[best] as number)) best = index;
  return best;
}
