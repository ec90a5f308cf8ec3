/** A set of voice prints, as sums that are enough to compare it with others and to join it with them. */

/** The least similarity within a cluster that is believed. */
const LEAST_WITHIN = 0.05;
/** A print that is alone is taken to be as much like its kind as those of a micro-cluster at least are. */
const ALONE = 0.45;

export interface VoiceCluster {
  /** Sum of mass × print, [dimensions]. */
  readonly total: Float64Array;
  /** Sum of mass, and of its squares: seconds of speech. */
  readonly mass: number;
  readonly squares: number;
}

export interface Print {
  /** Unit length. */
  readonly vector: Float32Array;
  /** Seconds of speech that it stands for. */
  readonly mass: number;
}

export function clusterOf(prints: readonly Print[]): VoiceCluster {
  const total = new Float64Array(prints[0]?.vector.length ?? 0);
  let [sum, squares] = [0, 0];
  for (const { vector, mass } of prints) {
    for (let at = 0; at < total.length; at += 1) total[at] = (total[at] as number) + (vector[at] as number) * mass;
    sum += mass;
    squares += mass ** 2;
  }
  return { total, mass: sum, squares };
}

export const join = (a: VoiceCluster, b: VoiceCluster): VoiceCluster => ({
  total: a.total.map((value, at) => value + (b.total[at] as number)),
  mass: a.mass + b.mass,
  squares: a.squares + b.squares,
});

/**
 * How alike two clusters are for how alike each is within: needs no threshold of its own for every recording channel. The mean
 * similarity of all pairs across, by the geometric mean of those within.
 */
export function likeness(a: VoiceCluster, b: VoiceCluster): number {
  return dot(a.total, b.total) / (a.mass * b.mass) / Math.sqrt(within(a) * within(b));
}

/** Mean similarity of different prints of a cluster. */
function within({ total, mass, squares }: VoiceCluster): number {
  const pairs = mass ** 2 - squares;
  if (pairs < 1e-6 * mass ** 2) return ALONE;
  return Math.max((dot(total, total) - squares) / pairs, LEAST_WITHIN);
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] as number) * (b[at] as number);
  return sum;
}
