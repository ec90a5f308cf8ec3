/**
 * `pnpm bench:words MODEL [OPTIONS as JSON]`: how right a model is on the development recordings. Word errors by language and
 * kind of recording, words lost in long conversations, text where nothing is said, and how exact the times of words are.
 * Recordings in a language that the model does not know are left out.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultOptions, type TranscribeOptions, type Transcript, transcriptText } from '@bulk-transcribe/protocol';
import { createTranscriber } from '@bulk-transcribe/speech';
import { describeMachine } from './machine.ts';
import { type Entry, findRecordings, type Recordings } from './recordings.ts';
import { scoreTexts } from './score.ts';
import { transcribeEntries } from './transcribe-entries.ts';
import { measureWordTimes, type TimedWords } from './word-times.ts';
import { wordsReport } from './words-report.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = path.join(root, 'bench/results');

interface Hypothesis {
  readonly text: string;
  readonly language: string | null;
  readonly words: TimedWords;
  readonly warnings: readonly string[];
}

async function main(): Promise<void> {
  const [model, given = '{}'] = process.argv.slice(2);
  const devData = process.env['BULK_TRANSCRIBE_DEV_DATA'];
  if (!model || !devData) throw new Error('Usage: BULK_TRANSCRIBE_DEV_DATA=FOLDER pnpm bench:words MODEL [OPTIONS as JSON]');
  const options: TranscribeOptions = { ...defaultOptions, model, ...(JSON.parse(given) as Partial<TranscribeOptions>) };
  const recordings = await findRecordings(devData, 'all languages');
  const { transcripts, audioSec, cpuSec } = await transcribeKnown(recordings, options, path.join(devData, 'models'));
  const hypotheses = Object.fromEntries(Object.entries(transcripts).map(([id, transcript]) => [id, hypothesisOf(transcript)]));

  const score = await scoreTexts(recordings, hypotheses);
  const times = options.wordTimes ? await measureWordTimes(devData, hypotheses) : null;
  const result = { measuredAt: new Date().toISOString(), machine: describeMachine(), options, audioSec, cpuSec, score, times };
  await mkdir(results, { recursive: true });
  const file = path.join(results, `words-${model}-${result.measuredAt.replaceAll(':', '-')}.json`);
  await writeFile(file, `${JSON.stringify({ ...result, hypotheses }, null, 1)}\n`);
  console.log(wordsReport(result));
  console.error(`Every text: ${path.relative(root, file)}`);
}

/** Each recording in the language it is said to be in, unless the options name one or ask for detection. */
async function transcribeKnown({ folder, entries }: Recordings, options: TranscribeOptions, modelsDir: string) {
  const transcriber = await createTranscriber({ threads: 0, modelsDir, graphsDir: path.join(results, 'graphs') });
  const known = transcriber.info().models.find(({ id }) => id === options.model)?.languages ?? [];
  const heard = entries.filter(({ lang }) => lang === null || known.includes(lang));
  return await transcribeEntries(transcriber, { folder, entries: heard }, (entry) => languageOf(entry, options));
}

const languageOf = ({ lang }: Entry, options: TranscribeOptions): TranscribeOptions =>
  process.argv.includes('--detect') ? options : { ...options, language: options.language ?? lang };

function hypothesisOf(transcript: Transcript): Hypothesis {
  const words = transcript.segments.flatMap((segment) => segment.words ?? []);
  return {
    text: transcriptText(transcript),
    language: transcript.language,
    words: words.map(({ start, end, text }) => [start, end, text]),
    warnings: transcript.warnings.map(({ code, start, message }) => `${code} ${start ?? ''} ${message}`),
  };
}

await main();
