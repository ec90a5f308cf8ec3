const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];

/** Of the cheapest way from one text to the other, in words; case and punctuation count nothing. */
export interface WordErrors {
  /** Words of the reference. */
  readonly words: number;
  readonly substituted: number;
  readonly deleted: number;
  readonly inserted: number;
}

type Changes = Omit<WordErrors, 'words'>;

const none: Changes = { substituted: 0, deleted: 0, inserted: 0 };
export const wrongWords = ({ substituted, deleted, inserted }: Changes): number => substituted + deleted + inserted;
const fewer = (a: Changes, b: Changes): Changes => (wrongWords(b) < wrongWords(a) ? b : a);

export function wordErrors(reference: string, text: string): WordErrors {
  const [said, heard] = [wordsOf(reference), wordsOf(text)];
  let row = Array.from({ length: heard.length + 1 }, (_, index): Changes => ({ ...none, inserted: index }));
  for (const [i, word] of said.entries()) {
    const next: Changes[] = [{ ...none, deleted: i + 1 }];
    for (const [j, other] of heard.entries()) {
      const [both = none, without = none, before = none] = [row[j], row[j + 1], next[j]];
      next.push(word === other ? both : changed(both, without, before));
    }
    row = next;
  }
  return { words: said.length, ...(row[heard.length] ?? none) };
}

/** Another word in the place of this one, none, or one more. */
function changed(both: Changes, without: Changes, before: Changes): Changes {
  const substituted = { ...both, substituted: both.substituted + 1 };
  const deleted = { ...without, deleted: without.deleted + 1 };
  return fewer(fewer(substituted, deleted), { ...before, inserted: before.inserted + 1 });
}

export function sumOfErrors(all: readonly WordErrors[]): WordErrors {
  return all.reduce(
    (sum, each) => ({
      words: sum.words + each.words,
      substituted: sum.substituted + each.substituted,
      deleted: sum.deleted + each.deleted,
      inserted: sum.inserted + each.inserted,
    }),
    { words: 0, ...none },
  );
}
