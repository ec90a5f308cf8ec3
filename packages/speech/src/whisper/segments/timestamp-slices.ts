/** Where a decoded row is cut: two timestamps side by side end one segment and begin the next (OpenAI's rule). */

/** Tokens `from`…`to` (exclusive) of a row; times in steps of 0.02 s. */
export interface Slice {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  /** Null where the row ends before it says when. */
  readonly end: number | null;
}

export function timestampSlices(tokens: readonly number[], timestampBegin: number): Slice[] {
  const isTime = (at: number) => (tokens[at] ?? 0) >= timestampBegin;
  const cuts = tokens.flatMap((_, at) => (at > 0 && isTime(at - 1) && isTime(at) ? [at] : []));
  const borders = [0, ...cuts, tokens.length];
  return borders.slice(1).flatMap((to, index) => {
    const slice = sliceOf(tokens, { from: borders[index] ?? 0, to }, timestampBegin);
    return slice ?? [];
  });
}

/** Null where it holds no text. Unlike OpenAI's, the only segment of a window begins where its timestamp says, not with the window. */
function sliceOf(tokens: readonly number[], { from, to }: Pick<Slice, 'from' | 'to'>, timestampBegin: number): Slice | null {
  const steps = (at: number) => (tokens[at] ?? 0) - timestampBegin;
  const texts = tokens.slice(from, to).filter((token) => token < timestampBegin).length;
  if (texts === 0) return null;
  const start = Math.max(0, steps(from));
  const end = steps(to - 1);
  return { from, to, start, end: end > start ? end : null };
}
