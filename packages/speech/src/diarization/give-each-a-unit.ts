/** A voice that was found, or asked for, is heard: it gets at least the unit that is most like it. */

/** `labels` [units], `scores` [units, voices] → labels in which every voice has a unit, if there are as many units. */
export function giveEachAUnit(labels: Int32Array, scores: Float64Array, voices: number): Int32Array {
  const owned = new Uint32Array(voices);
  for (const voice of labels) owned[voice] = (owned[voice] as number) + 1;
  const result = labels.slice();
  for (let voice = 0; voice < voices; voice += 1) {
    if (owned[voice] !== 0) continue;
    const unit = mostLike(voice, { voices, scores, free: (index) => (owned[result[index] as number] as number) > 1 });
    if (unit < 0) break;
    owned[result[unit] as number] = (owned[result[unit] as number] as number) - 1;
    owned[voice] = 1;
    result[unit] = voice;
  }
  return result;
}

interface Choice {
  readonly voices: number;
  readonly scores: Float64Array;
  readonly free: (unit: number) => boolean;
}

/** -1 where none is free. */
function mostLike(voice: number, { voices, scores, free }: Choice): number {
  let best = -1;
  for (let unit = 0; unit * voices < scores.length; unit += 1) {
    const better = best < 0 || (scores[unit * voices + voice] as number) > (scores[best * voices + voice] as number);
    if (better && free(unit)) best = unit;
  }
  return best;
}
