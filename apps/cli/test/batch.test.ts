/** What is done, and what is done again, with an engine that only tells what it was asked. */
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError, defaultOptions, type ExportFormat, type TranscribeOptions, type Transcript, type WindowResult } from '@bulk-transcribe/protocol';
import type { Engine, Transcribe } from '@bulk-transcribe/speech';
import { beforeEach, expect, it } from 'vitest';
import { Batch } from '../src/transcribe/batch.ts';
import { findInputs } from '../src/transcribe/find-inputs.ts';
import { hashOptions, OutputFolder } from '../src/transcribe/output-folder.ts';
import { Progress } from '../src/transcribe/progress.ts';
import { Report } from '../src/transcribe/report.ts';
import { transcribeHere } from '../src/transcribe/transcribe-here.ts';
import { emptyFolder } from './run-cli.ts';

const ok = (text: string): Transcript => ({
  version: 1,
  language: 'en',
  durationSec: 30,
  speechSec: 30,
  segments: [{ start: 0, end: 30, text, avgLogProb: 0 }],
  warnings: [],
  provenance: {
    engine: 'fake',
    model: { id: 'fake', files: [] },
    device: 'cpu',
    threads: 1,
    decoder: 'fake',
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:00:01.000Z',
    steps: [],
    timesRealTime: 30,
  },
});

const window = (index: number): WindowResult => ({ index, start: index * 10, end: index * 10 + 10, segments: [], warnings: [] });

/** Names of the recordings that the engine was given, in order. */
let asked: string[];
let folder: string;
beforeEach(() => {
  asked = [];
  folder = emptyFolder();
  for (const name of ['a.mp3', 'b.mp3']) writeFileSync(path.join(folder, name), name);
});

const usual: Transcribe = async ({ name }) => ok(`said in ${name}`);

interface Call {
  readonly formats?: readonly ExportFormat[];
  readonly options?: Partial<TranscribeOptions>;
  readonly overwrite?: boolean;
  readonly again?: boolean;
  readonly transcribe?: Transcribe;
  readonly signal?: AbortSignal;
}

/** One call of the command; answers what it said on standard error. */
async function call({ formats = ['txt'], options, overwrite = false, again = false, transcribe = usual, signal }: Call = {}): Promise<string> {
  let said = '';
  const stream = { isTTY: false, write: (line: string) => (said += line) } as unknown as NodeJS.WriteStream;
  const progress = new Progress(stream);
  const report = new Report(progress, { json: false });
  const output = await OutputFolder.open(path.join(folder, 'texts'));
  const complete = { ...defaultOptions, ...options };
  const batch = new Batch({
    inputs: await findInputs([folder]),
    formats,
    folder: output,
    options: hashOptions(complete),
    overwrite,
    again,
    report,
    progress,
    signal: signal ?? new AbortController().signal,
  });
  const engine = {
    transcribe: (...args: Parameters<Transcribe>) => {
      asked.push(args[0].name);
      return transcribe(...args);
    },
  } as Engine;
  await transcribeHere(batch, engine, complete);
  output.close();
  return said;
}

const text = (file: string): string => readFileSync(path.join(folder, 'texts', file), 'utf8');
const memory = (file: string): string => path.join(folder, 'texts', '.bulk-transcribe', file);

it('what is done is passed by, and what is missing of it is made', async () => {
  await call();
  expect(await call()).toContain('a.mp3: done before');
  expect(asked).toEqual(['a.mp3', 'b.mp3']);
  rmSync(path.join(folder, 'texts', 'b.txt'));
  await call();
  expect(asked).toEqual(['a.mp3', 'b.mp3', 'b.mp3']);
});

it('what was corrected by hand stays, also where another format is made', async () => {
  await call();
  writeFileSync(path.join(folder, 'texts', 'a.txt'), 'corrected');
  await call({ formats: ['txt', 'srt'] });
  expect(asked).toHaveLength(4);
  expect([text('a.txt'), existsSync(path.join(folder, 'texts', 'a.srt'))]).toEqual(['corrected', true]);
});

it('other options, or another recording under that name, replace nothing unless they are told to', async () => {
  await call();
  const said = await call({ options: { quality: 'accurate' } });
  expect(said).toContain('a.txt exists already; --overwrite replaces it.');
  writeFileSync(path.join(folder, 'a.mp3'), 'another recording');
  expect(await call()).toContain('a.txt exists already');
  expect(asked).toHaveLength(2);
  await call({ overwrite: true });
  expect(asked).toEqual(['a.mp3', 'b.mp3', 'a.mp3']);
  await call({ again: true });
  expect(asked).toHaveLength(5);
});

it('an option that is new to what was done then, at its default, makes nothing undone', () => {
  const { channels: _, ...earlier } = defaultOptions;
  expect(hashOptions(earlier as TranscribeOptions)).toBe(hashOptions(defaultOptions));
  expect(hashOptions({ ...defaultOptions, channels: 'mix' })).not.toBe(hashOptions(defaultOptions));
});

it('a recording that was stopped goes on behind the windows that were finished, once', async () => {
  const abort = new AbortController();
  await call({
    signal: abort.signal,
    transcribe: async (_recording, _options, signal, onEvent) => {
      onEvent({ type: 'window', window: window(0) });
      onEvent({ type: 'window', window: window(1) });
      abort.abort();
      throw new AppError('cancelled', 'Stopped.', { cause: signal.reason });
    },
  });
  expect(asked).toEqual(['a.mp3']);
  const [file = ''] = readdirSync(memory('windows'));
  appendFileSync(memory(path.join('windows', file)), '{"index":2,"sta');
  const given: number[][] = [];
  await call({
    transcribe: async (recording, options, signal, onEvent, finished = []) => {
      given.push(finished.map(({ index }) => index));
      return usual(recording, options, signal, onEvent);
    },
  });
  expect(given).toEqual([[0, 1], []]);
  expect(readdirSync(memory('windows'))).toEqual([]);
});

it('a kill between the record and the file makes that file again, from its checkpoint', async () => {
  await call();
  rmSync(path.join(folder, 'texts', 'a.txt'));
  writeFileSync(path.join(folder, 'texts', 'a.txt.part'), 'said in');
  appendFileSync(memory('done.jsonl'), '{"source":"../b.mp3","fi');
  await call();
  expect(asked).toEqual(['a.mp3', 'b.mp3', 'a.mp3']);
  expect([text('a.txt'), existsSync(path.join(folder, 'texts', 'a.txt.part'))]).toEqual(['said in a.mp3\n', false]);
});

it('a folder that another process writes to is refused', async () => {
  const first = await OutputFolder.open(folder);
  await expect(OutputFolder.open(folder)).rejects.toThrow('Another bulk-transcribe writes to');
  first.close();
  (await OutputFolder.open(folder)).close();
});
