/**
 * Micro-clusters: hierarchical clustering by mean similarity, down to a threshold. Nearest-neighbour chain (Benzécri, Juan 1982) on
 * a matrix of similarities, n² × 4 bytes, that follows every merge (Lance, Williams 1967).
 */

export interface WeightedVectors {
  /** [n, dimensions], unit length. */
  readonly vectors: Float32Array;
  readonly dimensions: number;
  /** [n]: what each vector counts. */
  readonly mass: Float64Array;
}

/**
 * → the number of its cluster for each vector [n]; clusters are numbered in order of their first vector. `room`: for at least n² numbers,
 * to use again.
 */
export function averageLinkage(input: WeightedVectors, threshold: number, room = new Float32Array(input.mass.length ** 2)): Int32Array {
  const mass = Float64Array.from(input.mass);
  const n = mass.length;
  const similarity = similarities(input, room);
  const parent = Int32Array.from({ length: n }, (_, index) => index);
  const alive = new Uint8Array(n).fill(1);
  const chain: number[] = [];
  for (let first = 0; first < n; ) {
    if (chain.length === 0) {
      if (alive[first] === 0) first += 1;
      else chain.push(first);
      continue;
    }
    const a = chain.at(-1) as number;
    const b = nearest(similarity, { of: a, alive, before: chain.at(-2) });
    if (b < 0 || (similarity[a * n + b] as number) < threshold) {
      // Clusters only become less similar to others as they grow: this one has found all that belongs to it.
      alive[a] = 0;
      chain.pop();
    } else if (b === chain.at(-2)) {
      chain.length -= 2;
      merge(similarity, { mass, into: a, from: b });
      parent[b] = a;
      alive[b] = 0;
    } else chain.push(b);
  }
  return numbered(parent);
}

/** The living vector most similar to `of`, -1 where there is none; among equals the one before in the chain, else the first. */
function nearest(similarity: Float32Array, { of, alive, before }: { of: number; alive: Uint8Array; before: number | undefined }): number {
  const row = similarity.subarray(of * alive.length, (of + 1) * alive.length);
  let best = -1;
  let highest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < row.length; index += 1) {
    if ((row[index] as number) <= highest || alive[index] === 0 || index === of) continue;
    best = index;
    highest = row[index] as number;
  }
  // Rounding must not lead the chain in a circle.
  return before !== undefined && alive[before] === 1 && (row[before] as number) >= highest - 1e-6 ? before : best;
}

function merge(similarity: Float32Array, { mass, into, from }: { mass: Float64Array; into: number; from: number }): void {
  const n = mass.length;
  const [a, b] = [mass[into] as number, mass[from] as number];
  for (let other = 0; other < n; other += 1) {
    const joined = (a * (similarity[into * n + other] as number) + b * (similarity[from * n + other] as number)) / (a + b);
    similarity[into * n + other] = joined;
    similarity[other * n + into] = joined;
  }
  mass[into] = a + b;
}

/** [n, n]; eight products side by side, because this is where the time goes. */
function similarities({ vectors, dimensions, mass: { length: n } }: WeightedVectors, room: Float32Array): Float32Array {
  const result = room.subarray(0, n * n);
  for (let row = 0; row < n; row += 1) {
    for (let column = 0; column < row; column += 1) {
      const value = dotProduct(vectors, { row: row * dimensions, column: column * dimensions, length: dimensions });
      result[row * n + column] = value;
      result[column * n + row] = value;
    }
  }
  return result;
}

function dotProduct(vectors: Float32Array, { row, column, length }: { row: number; column: number; length: number }): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let index = 0; index < length; index += 4) {
    s0 += (vectors[row + index] as number) * (vectors[column + index] as number);
    s1 += (vectors[row + index + 1] as number) * (vectors[column + index + 1] as number);
    s2 += (vectors[row + index + 2] as number) * (vectors[column + index + 2] as number);
    s3 += (vectors[row + index + 3] as number) * (vectors[column + index + 3] as number);
  }
  return s0 + s1 + s2 + s3;
}

function numbered(parent: Int32Array): Int32Array {
  const numbers = new Map<number, number>();
  return parent.map((_, index) => {
    let root = index;
    while (parent[root] !== root) root = parent[root] as number;
    const number = numbers.get(root) ?? numbers.size;
    numbers.set(root, number);
    return number;
  });
}
