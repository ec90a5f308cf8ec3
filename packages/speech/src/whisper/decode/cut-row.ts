import type { DecodedRow } from '../requests.ts';

/** The limit of a batch is that of its longest stretch: each row is cut to its own, so that no row depends on its neighbours. */
export function cutRow(row: DecodedRow, limit: number): DecodedRow {
  if (row.tokens.length <= limit) return row;
  const logProbs = row.logProbs.slice(0, limit);
  const sumLogProb = logProbs.reduce((sum, value) => sum + value, 0);
  return { ...row, tokens: row.tokens.slice(0, limit), logProbs, sumLogProb, avgLogProb: sumLogProb / (limit + 1) };
}
