/** Numbers below 1 for sampling, the same for the same seed: Marsaglia's xorshift on 32 bits, its state spread by a multiplication first. */

/** 2^22 steps: u × sum of probabilities in float32 stays below the sum. */
const STEPS = 2 ** 22;

/** [steps, rows], one seed per row. */
export function drawNumbers(seeds: readonly number[], steps: number): Float32Array {
  const numbers = new Float32Array(steps * seeds.length);
  for (const [row, seed] of seeds.entries()) {
    const next = generator(seed);
    for (let step = 0; step < steps; step += 1) numbers[step * seeds.length + row] = (next() >>> 10) / STEPS;
  }
  return numbers;
}

function generator(seed: number): () => number {
  // Neighbouring seeds begin far apart (Knuth's multiplier); the state may not be 0.
  let state = Math.imul(seed ^ (seed >>> 16), 2_654_435_761) || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  for (let round = 0; round < 8; round += 1) next();
  return next;
}
