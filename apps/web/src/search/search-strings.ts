/** What a person reads while searching in all transcripts; part of the catalogue in strings.ts. */
const count = new Intl.NumberFormat('en');

export const searchStrings = {
  title: 'Search in all transcripts',
  label: 'Search in all transcripts',
  go: 'Search',
  help: 'All words must be said in a recording. Put words in "quotes" to find them next to each other.',
  loading: 'Searching…',
  none: (query: string) => `No transcript has “\u2068${query}\u2069” in it.`,
  noneHelp: 'Try fewer or shorter words. What is still being transcribed is found once it is ready.',
  failed: 'The search did not work.',
  again: 'Try again',
  more: 'Show more',
  named: 'In the name of the recording',
  said: 'In the text',
  lines: (n: number) => (n === 1 ? '1 line' : `${count.format(n)} lines`),
  allLines: (rest: number) => `and ${count.format(rest)} more`,
  namesLeft: (rest: number) => `and ${count.format(rest)} more by name`,
};
