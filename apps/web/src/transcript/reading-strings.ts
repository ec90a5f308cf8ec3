/** What a person reads while reading, searching and correcting a transcript; part of the catalogue in strings.ts. */
const count = new Intl.NumberFormat('en');

export const readingStrings = {
  correct: {
    rename: (name: string) => `Rename ${name}`,
    nameOf: (name: string) => `Name of ${name}`,
    line: (time: string) => `Correct the line at ${time}`,
    text: 'Text of this line',
    speaker: 'Who speaks',
    nobody: 'Not stated',
    another: 'Somebody else…',
    addedName: 'Name of the speaker',
    save: 'Save',
    cancel: 'Cancel',
    asHeard: 'As it was heard',
    isCorrected: 'Corrected by hand',
    undo: 'Undo the last correction',
    failed: 'The correction was not kept.',
    conflict: {
      title: 'This transcript was changed in another tab or by somebody else.',
      problem: { message: 'It is shown as it is now; your last correction is not in it.', hint: 'Make it again if it is still needed.' },
    },
  },
  speakers: {
    count: 'How many speak',
    chosen: (number: number) => `Told apart: ${count.format(number)}`,
    choice: (value: string) => (value === '' ? 'Found out' : value),
    telling: 'Telling the speakers apart…',
    failed: 'The speakers were not told apart anew.',
  },
  search: {
    label: 'Search in the text',
    hits: (place: number, all: number) => (all === 0 ? 'Not found' : `${count.format(place)} of ${count.format(all)}`),
    previous: 'Previous hit',
    next: 'Next hit',
  },
  keys: {
    title: 'Keys',
    list: [
      ['Space', 'Play or pause'],
      ['←', 'Back 5 seconds'],
      ['→', 'Forward 5 seconds'],
      ['/', 'Search in the text'],
      ['e', 'Correct the line that is spoken'],
      ['Ctrl Z', 'Undo the last correction'],
      ['?', 'Show these keys'],
    ] as const,
  },
};
