/** Longest block, in tokens, whose repetition is looked for. */
const LONGEST_BLOCK = 20;

/** Speech repeats itself too, but hardly so often: 6 times one token, 4 times two or three, 3 times more. */
const repetitions = (block: number): number => {
  if (block === 1) return 6;
  return block <= 3 ? 4 : 3;
};

/** Where the last tokens run in a circle: how many tokens to keep (the first round only). Null when they do not. */
export function loopStart(tokens: readonly number[]): number | null {
  for (let block = 1; block <= LONGEST_BLOCK; block += 1) {
    const length = block * repetitions(block);
    if (length <= tokens.length && repeats(tokens, block, length)) return tokens.length - length + block;
  }
  return null;
}

function repeats(tokens: readonly number[], block: number, length: number): boolean {
  for (let at = tokens.length - length + block; at < tokens.length; at += 1) {
    if (tokens[at] !== tokens[at - block]) return false;
  }
  return true;
}
