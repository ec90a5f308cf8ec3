const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];

export interface WordErrors {
  /** Words of the reference. */
  readonly words: number;
  /** Substituted, left out or put in: Levenshtein's distance in words; case and punctuation count nothing. */
  readonly wrong: number;
}

export function wordErrors(reference: string, text: string): WordErrors {
  const [said, heard] = [wordsOf(reference), wordsOf(text)];
  let row = Array.from({ length: heard.length + 1 }, (_, index) => index);
  for (const [i, word] of said.entries()) {
    const next = [i + 1];
    for (const [j, other] of heard.entries()) {
      next.push(Math.min((row[j] ?? 0) + (word === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return { words: said.length, wrong: row[heard.length] ?? 0 };
}
