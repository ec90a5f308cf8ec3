/** Rank of every mergeable pair, "left right": the lower, the earlier it is merged. */
export type MergeRanks = ReadonlyMap<string, number>;

/** Joins neighbours, always the pair of lowest rank first, until none can be joined. */
export function mergePairs(parts: readonly string[], ranks: MergeRanks): string[] {
  let pieces = [...parts];
  for (;;) {
    const best = lowestRanked(pieces, ranks);
    if (best === null) return pieces;
    pieces = joinAll(pieces, best);
  }
}

interface Pair {
  readonly left: string;
  readonly right: string;
}

function lowestRanked(pieces: readonly string[], ranks: MergeRanks): Pair | null {
  let best: Pair | null = null;
  let lowest = Number.POSITIVE_INFINITY;
  for (let at = 0; at + 1 < pieces.length; at += 1) {
    const [left = '', right = ''] = pieces.slice(at, at + 2);
    const rank = ranks.get(`${left} ${right}`) ?? Number.POSITIVE_INFINITY;
    if (rank >= lowest) continue;
    lowest = rank;
    best = { left, right };
  }
  return best;
}

function joinAll(pieces: readonly string[], { left, right }: Pair): string[] {
  const joined: string[] = [];
  for (let at = 0; at < pieces.length; at += 1) {
    const fits = pieces[at] === left && pieces[at + 1] === right;
    joined.push(fits ? left + right : (pieces[at] ?? ''));
    if (fits) at += 1;
  }
  return joined;
}
