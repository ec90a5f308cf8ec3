/** Every word a person reads on these pages, in one place, so that others can translate them. */
import type { ExportFormat, Stage, Transcript } from '@bulk-transcribe/protocol';
import { adminStrings } from './admin/admin-strings.ts';
import { placeStrings } from './place-strings.ts';
import { searchStrings } from './search/search-strings.ts';
import { sessionStrings } from './session-strings.ts';
import { readingStrings } from './transcript/reading-strings.ts';
import { optionStrings } from './uploads/option-strings.ts';

const locale = 'en';
const count = new Intl.NumberFormat(locale);
const plural = new Intl.PluralRules(locale);
const some = (n: number, one: string, other: string): string => `${count.format(n)} ${plural.select(n) === 'one' ? one : other}`;
/** A name in a sentence of ours: its direction of writing ends where it ends. */
const quoted = (name: string): string => `“\u2068${name}\u2069”`;
const files = (n: number): string => some(n, 'file', 'files');
const languageNames = new Intl.DisplayNames([locale], { type: 'language' });
const language = (code: string): string => languageNames.of(code) ?? code;

const speakers = (value: string): string => (value === '' ? 'Found out' : value === 'off' ? 'Not told apart' : value);

const { device } = placeStrings;
const stages: Readonly<Record<Stage, string>> = {
  decode: 'Reading the file',
  recognise: 'Transcribing',
  diarize: 'Finding the speakers',
  finish: 'Finishing',
};
const formats: Readonly<Record<ExportFormat, string>> = {
  txt: 'Text',
  md: 'Markdown',
  docx: 'Word',
  pdf: 'PDF',
  srt: 'Subtitles',
  vtt: 'Web captions',
  csv: 'Table',
  json: 'All data',
  rttm: 'Speaker turns',
};

export const strings = {
  ...sessionStrings,
  ...placeStrings,
  ...readingStrings,
  options: optionStrings,
  searchAll: searchStrings,
  admin: adminStrings,
  locale,
  product: 'Bulk Transcribe',
  times: {
    lessThanAMinute: 'less than a minute',
    aboutMinutes: (n: number) => `about ${n} min`,
    aboutHours: (hours: number, minutes: number) => `about ${hours} h${minutes > 0 ? ` ${minutes} min` : ''}`,
  },
  computes: (kind: string, threads: number) => `${device(kind)}, ${some(threads, 'thread', 'threads')}`,
  skip: 'Skip to the content',
  connectionLost: 'No connection to Bulk Transcribe. Nothing stored is lost; this page catches up by itself.',
  notReadyTitle: 'Not ready to transcribe yet.',
  notReady: 'You can add files meanwhile.',
  close: 'Close',
  dismiss: 'Dismiss',
  problems: {
    noAnswer: { message: 'Bulk Transcribe does not answer.', hint: 'Check that it is still running, then try again.' },
    badAnswer: (status: number) => ({
      message: `The request was refused (${status}).`,
      hint: 'Try again; if it stays, look into the log of Bulk Transcribe.',
    }),
    unexpected: { message: 'Something went wrong on this page.', hint: 'Reload the page; nothing stored is lost.' },
    emptyFile: { message: 'This file is empty.', hint: 'Export or copy the recording again, then choose it anew.' },
    tooLarge: (max: string) => ({
      message: `This file is larger than ${max}, the most that is accepted.`,
      hint: 'Save the sound alone (for example as MP3) or split the recording. The limit is the setting MAX_UPLOAD_BYTES.',
    }),
  },
  drop: {
    title: 'Drop recordings or a folder here',
    promise: 'Interviews, hearings, lectures, meetings: as many as you have. Read along with the sound, download the text.',
    short: 'Drop more recordings anywhere on this page',
    limit: (max: string) => `Audio and video of any common format, up to ${max} a file`,
    now: 'Drop to add these recordings',
    chooseFiles: 'Choose files',
    chooseFolder: 'Choose a folder',
    leftOut: (n: number) => `${files(n)} in the folder left out: not audio or video.`,
    nothing: 'No recording was found in what you dropped.',
  },
  sample: {
    invite: 'No recording at hand?',
    button: 'Try it with a sample recording',
    // The same words as in the sample's ORIGIN.md.
    origin: 'John F. Kennedy, inaugural address, 20 January 1961. Public domain (United States government).',
    length: '11 seconds',
    failed: 'The sample could not be started.',
  },
  uploads: {
    title: 'New recordings',
    region: 'New recordings, not transcribed yet',
    waiting: 'Waits for its turn',
    checking: 'Checking whether it is here already',
    sending: (sent: string, size: string) => `${sent} of ${size} sent`,
    paused: (sent: string, size: string) => `Waiting for the connection · ${sent} of ${size} sent`,
    half: (sent: string, size: string) => `Interrupted · ${sent} of ${size} sent`,
    chooseAgain: (n: number) =>
      n === 1
        ? 'One file was being uploaded. Choose it again, or drop it here, and it goes on where it stopped.'
        : `${files(n)} were being uploaded. Choose them again, or drop them here, and they go on where they stopped.`,
    stored: 'Uploaded',
    failed: 'Not sent',
    retry: 'Send again',
    retryNamed: (name: string) => `Send again: ${name}`,
    remove: (name: string) => `Remove ${name}`,
    sum: (n: number, size: string) => `${files(n)} · ${size}`,
    underway: (n: number) => `${files(n)} still on the way`,
    transcribe: (n: number) => (n === 0 ? 'Transcribe' : `Transcribe ${files(n)}`),
    model: (name: string) => `Model: ${name}`,
    onlyLanguage: (code: string, hasOthers: boolean) => `${language(code)} only${hasOthers ? '' : ' until another model is installed'}`,
    manyLanguages: (n: number) => `${count.format(n)} languages`,
    modelLabel: 'Model',
    toFetch: (name: string, size: string) => `${name} – the pod fetches it first, up to ${size}`,
    languageLabel: 'Language',
    languageChosen: (code: string) => `Language: ${code === '' ? 'found out' : language(code)}`,
    languageChoice: (code: string) => (code === '' ? 'Found out' : language(code)),
    speakersLabel: 'Speakers',
    speakersChosen: (value: string) => `Speakers: ${speakers(value).toLocaleLowerCase(locale)}`,
    speakersChoice: (value: string) => speakers(value),
    startFailed: 'The job could not be started.',
    progress: (name: string) => `Sending ${name}`,
    checkingNamed: (name: string) => `Checking ${name}`,
  },
  jobs: {
    title: 'Transcripts',
    empty: 'Your transcripts will be listed here. They stay until you delete them.',
    unnamed: 'Recordings',
    loading: 'Loading your transcripts…',
    done: (done: number, all: number) => `${count.format(done)} of ${count.format(all)} done`,
    allDone: (all: number) => `${files(all)} · ready`,
    failed: (n: number) => `${count.format(n)} failed`,
    cancelled: (n: number) => `${count.format(n)} cancelled`,
    left: (time: string) => `${time} left`,
    remove: 'Delete',
    removeNamed: (name: string) => `Delete ${name}`,
    cancelAll: 'Cancel the rest',
    cancelAllNamed: (name: string) => `Cancel the rest of ${name}`,
    deleted: (name: string) => `${quoted(name)} is deleted.`,
    undo: 'Undo',
    undoNamed: (name: string) => `Undo: bring ${name} back`,
    keep: 'Keep',
    deleteFailed: (name: string) => `${quoted(name)} could not be deleted.`,
    announce: (done: number, all: number) => `${done} of ${all} recordings done`,
  },
  batch: {
    title: (name: string) => (name === '' ? 'Batches are through' : `${name} is through`),
    body: (done: number, failed: number) => `${files(done)} ready${failed > 0 ? `, ${count.format(failed)} failed` : ''}`,
    toggle: 'Tell me when a batch is through',
    refused: {
      title: 'Your browser shows no notifications of this page.',
      problem: { message: 'The title of the tab still says when a batch is through.', hint: 'Allow notifications in the settings of the browser.' },
    },
  },
  task: {
    queued: 'Waiting',
    dispatched: 'Starting',
    stage: (stage: Stage | null) => (stage ? stages[stage] : 'Transcribing'),
    succeeded: 'Ready',
    failed: 'Failed',
    cancelled: 'Cancelled',
    attempt: (n: number) => `try ${n}`,
    progress: (done: string, total: string) => `${done} of ${total}`,
    progressLabel: (name: string) => `Progress of ${name}`,
    on: (where: string) => `on ${where}`,
    soFar: 'The text so far',
    open: 'Open',
    openNamed: (name: string) => `Open the transcript of ${name}`,
    cancel: (name: string) => `Cancel ${name}`,
    retry: 'Try again',
    retryNamed: (name: string) => `Try again: ${name}`,
    download: (name: string) => `Download the transcript of ${name}`,
    warnings: (n: number) => some(n, 'note', 'notes'),
    cancelFailed: (name: string) => `${quoted(name)} could not be cancelled.`,
    retryFailed: (name: string) => `${quoted(name)} could not be started again.`,
  },
  downloads: {
    reading: 'To read',
    captions: 'Captions',
    data: 'Data',
    all: 'Download all',
    jobNamed: (name: string) => `Download all of ${name} as a ZIP file`,
    everything: 'Download everything (ZIP)',
  },
  formatWithExtension: (format: ExportFormat) => `${formats[format]} (.${format})`,
  transcript: {
    back: 'All transcripts',
    loading: 'Loading the transcript…',
    notFoundTitle: 'This transcript is not here',
    notFound: 'It may have been deleted, or it belongs to another browser: transcripts are private to the browser they were made in.',
    notFinished: 'This transcript is not finished yet. It appears here as soon as it is.',
    none: 'There is no transcript of this recording.',
    failedToLoad: 'The transcript could not be loaded.',
    again: 'Try again',
    region: 'Text of the recording',
    about: 'About this transcript',
    playFrom: (time: string) => `Play from ${time}`,
    empty: 'No speech was found in this recording.',
    downloads: 'Download',
    copy: 'Copy',
    copied: 'Copied',
    copyFailed: 'The text was not copied.',
    speakers: 'Speakers',
    notes: 'Worth a look',
    speech: (length: string) => `${length} of speech`,
    made: 'How it was made',
    model: 'Model',
    device: 'Computed on',
    speed: 'Speed',
    timesRealTime: (times: number) => `${new Intl.NumberFormat(locale, { maximumSignificantDigits: times < 10 ? 2 : 3 }).format(times)} × real time`,
    finished: 'Finished',
    decoder: 'Sound read by',
    took: 'Time taken',
    interrupted: 'Interrupted',
    takenOver: (taken: number, total: number) => `yes; ${taken} of ${total} parts were done before, time and speed are of the rest`,
    engine: 'Engine',
    languageName: ({ language: code }: Pick<Transcript, 'language'>) => (code === null ? 'language not known' : language(code)),
  },
  player: {
    region: 'Player',
    play: 'Play',
    pause: 'Pause',
    back: 'Back 5 seconds',
    forward: 'Forward 5 seconds',
    seek: 'Position',
    position: (time: string, total: string) => `${time} of ${total}`,
    speed: 'Speed',
    rate: (rate: number) => `${rate} ×`,
    keys: 'Keys',
    unplayable: 'This browser cannot play this recording. The text and the downloads are complete.',
  },
  unknownPage: { title: 'There is no page here', text: 'The address may be mistyped.', home: 'Go to your transcripts' },
  titles: {
    progress: (percent: number) => `${percent} % · Bulk Transcribe`,
    page: (name: string) => `${name} · Bulk Transcribe`,
  },
};
