/** What a person reads while reading, searching and correcting a transcript; part of the catalogue in strings.ts. */
import type { TaskState } from '@bulk-transcribe/protocol';

const count = new Intl.NumberFormat('en');
const list = new Intl.ListFormat('en');

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
    chosen: (number: number) => `How many: ${count.format(number)}`,
    choice: (value: string) => (value === '' ? 'Found out' : value),
    telling: 'Telling the speakers apart…',
    failed: 'The speakers were not told apart anew.',
    unheard: 'This transcript does not say who speaks.',
    hear: 'Tell speakers apart',
    hearAgain: 'Try again',
    hearing: (state: TaskState) => (state === 'running' ? 'Telling the speakers apart' : 'Waiting for its turn'),
    stop: 'Stop telling the speakers apart',
    stopFailed: 'It could not be stopped.',
  },
  sameVoices: {
    look: 'Same voices in this job',
    none: 'No voice of this recording was recognised in another one of the job.',
    failed: 'The voices were not compared.',
    also: (name: string, others: readonly { recording: string; name: string }[]) =>
      `${name} sounds like ${list.format(others.map((other) => `${other.name} in ${other.recording}`))}.`,
    nameHere: (name: string) => `Name ${name} here`,
    nameThere: (name: string) => `Name ${name} there too`,
  },
  search: {
    label: 'Search in the text',
    hits: (place: number, all: number) => (all === 0 ? 'Not found' : `${count.format(place)} of ${count.format(all)}`),
    replaced: (n: number) => `${count.format(n)} replaced`,
    previous: 'Previous hit',
    next: 'Next hit',
    replaceMore: 'Replace what is found',
    replaceWith: 'Replace with',
    replace: 'Replace',
    replaceAll: (n: number) => (n === 0 ? 'Replace all' : `Replace all ${count.format(n)}`),
  },
  review: {
    left: (unseen: number, all: number) => (unseen === 0 ? 'All seen' : `${count.format(unseen)} of ${count.format(all)} to look at`),
    seen: (about: string) => `Seen: ${about}`,
    at: (time: string) => `the note at ${time}`,
    goTo: (time: string) => `Go to ${time}`,
  },
  keys: {
    title: 'Keys',
    list: [
      ['Space', 'Play or pause'],
      ['←', 'Back 5 seconds'],
      ['→', 'Forward 5 seconds'],
      ['F7 F8 F9', 'Back, play or pause, forward: also while you type'],
      ['/', 'Search in the text'],
      ['e', 'Correct the line that is spoken, or that the keyboard is in'],
      ['Ctrl Enter', 'Save the line; with Shift, correct the next one'],
      ['n', 'Next note that is not seen yet'],
      ['Ctrl Z', 'Undo the last correction'],
      ['?', 'Show these keys'],
    ] as const,
  },
};
