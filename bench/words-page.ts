/** `pnpm bench:words:page RESULT…`: writes chapters of docs/benchmarks-words.md from results of `pnpm bench:words`, one each. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withChapters } from './page-chapters.ts';
import { type WordsResult, wordsReport } from './words-report.ts';

const page = fileURLToPath(new URL('../docs/benchmarks-words.md', import.meta.url));

const files = process.argv.slice(2);
if (files.length === 0) throw new Error('Usage: pnpm bench:words:page RESULT… (files of bench/results)');
const results = await Promise.all(files.map(async (file) => JSON.parse(await readFile(path.resolve(file), 'utf8')) as WordsResult));
const head = [
  '# Words: how right they are',
  '',
  'Written by `pnpm bench:words:page` from results of `pnpm bench:words`. Each chapter is one run over the development recordings',
  '(`BULK_TRANSCRIBE_DEV_DATA`), each recording in the language that it is said to be in. The targets are those for Whisper base.',
];
await writeFile(page, withChapters(await readFile(page, 'utf8'), head.join('\n'), results.map(wordsReport)));
