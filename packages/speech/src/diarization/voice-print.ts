/** A voice as a vector. Apart from the model that makes it (embedding.ts), so that whoever only compares voices does not load a runtime. */

export const DIMENSIONS = 192;

/** The same direction, as long as one; zeros stay zeros. */
export function unitLength(vector: ArrayLike<number>): Float32Array {
  let squares = 0;
  for (let index = 0; index < vector.length; index += 1) squares += (vector[index] as number) ** 2;
  const length = Math.max(Math.sqrt(squares), 1e-9);
  return Float32Array.from(vector, (value) => value / length);
}
