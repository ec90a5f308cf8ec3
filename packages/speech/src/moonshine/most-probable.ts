/** Logits this far below the largest add less than 1e-7 each to the sum; their `exp` would cost more than all the rest. */
const NEGLIGIBLE = 16;

/** The token with the largest logit, and the natural logarithm of its probability. */
export function mostProbable(logits: Float32Array): { readonly token: number; readonly logProb: number } {
  let token = 0;
  let max = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < logits.length; index += 1) {
    const logit = logits[index] as number;
    if (logit > max) {
      max = logit;
      token = index;
    }
  }
  const floor = max - NEGLIGIBLE;
  let sum = 0;
  for (let index = 0; index < logits.length; index += 1) {
    const logit = logits[index] as number;
    if (logit > floor) sum += Math.exp(logit - max);
  }
  return { token, logProb: -Math.log(sum) };
}
