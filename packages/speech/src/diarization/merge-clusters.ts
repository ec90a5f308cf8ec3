/** From many clusters to one: the two that are most alike are joined, again and again. */
import { join, likeness, type VoiceCluster } from './voice-cluster.ts';

export interface MergeState {
  /** How alike the two were whose joining led here; infinite at the start. */
  readonly likeness: number;
  readonly clusters: readonly VoiceCluster[];
}

/** All states, from all apart to one. Time n² for each merge, n ≤ 400. */
export function mergeClusters(start: readonly VoiceCluster[]): MergeState[] {
  const states: MergeState[] = [{ likeness: Number.POSITIVE_INFINITY, clusters: start }];
  const known = new Map<VoiceCluster, Map<VoiceCluster, number>>();
  for (const [index, cluster] of start.entries())
    known.set(cluster, new Map(start.slice(index + 1).map((other) => [other, likeness(cluster, other)])));
  for (let clusters = start; clusters.length > 1; ) {
    const pair = mostAlike(clusters, known);
    const joined = join(pair.a, pair.b);
    clusters = clusters.filter((cluster) => cluster !== pair.a && cluster !== pair.b);
    for (const gone of [pair.a, pair.b]) known.delete(gone);
    for (const cluster of clusters) known.get(cluster)?.set(joined, likeness(cluster, joined));
    known.set(joined, new Map());
    clusters = [...clusters, joined];
    states.push({ likeness: pair.likeness, clusters });
  }
  return states;
}

type Pair = { readonly a: VoiceCluster; readonly b: VoiceCluster; readonly likeness: number };

/** Among equals the first. */
function mostAlike(clusters: readonly VoiceCluster[], known: ReadonlyMap<VoiceCluster, ReadonlyMap<VoiceCluster, number>>): Pair {
  let best: Pair | null = null;
  for (const [index, a] of clusters.entries()) {
    const row = known.get(a);
    for (let other = index + 1; other < clusters.length; other += 1) {
      const b = clusters[other] as VoiceCluster;
      const value = row?.get(b) ?? Number.NEGATIVE_INFINITY;
      if (!best || value > best.likeness) best = { a, b, likeness: value };
    }
  }
  if (!best) throw new Error('One cluster has no pair.');
  return best;
}
