/**
 * How good a text is beside others: mean log-probability of its tokens, or with an exponent, which favours long texts less
 * (Wu et al. 2016, arXiv 1609.08144, equation 14). `sum`: of all log-probabilities; `tokens` without the end token.
 */
export const likelihood = (sum: number, tokens: number, lengthPenalty: number | null): number =>
  sum / (lengthPenalty === null ? Math.max(1, tokens) : ((5 + tokens) / 6) ** lengthPenalty);
