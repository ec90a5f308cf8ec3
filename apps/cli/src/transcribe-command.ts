import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exportFileName, exportKinds } from '@bulk-transcribe/export';
import {
  AppError,
  defaultOptions,
  type ExportFormat,
  exportFormats,
  type TranscribeOptions,
  type Transcript,
  toAppError,
} from '@bulk-transcribe/protocol';
import { type Engine, startEngine } from '@bulk-transcribe/speech';
import { Command, InvalidArgumentError, Option } from 'commander';
import { fromUser, readConfig } from './config.ts';
import { progressLine } from './progress-line.ts';

interface Choices {
  readonly model: string;
  readonly language?: string;
  readonly format: readonly ExportFormat[];
  readonly out?: string;
}

export const transcribeCommand = (): Command =>
  new Command('transcribe')
    .description('Transcribe recordings with the engine on this computer.')
    .argument('<file...>', 'audio or video files')
    .addOption(new Option('--model <id>', 'model to use').default(defaultOptions.model))
    .addOption(new Option('--language <code>', 'language of the recordings, for example en'))
    .addOption(new Option('--format <list>', `formats, separated by commas: ${exportFormats.join(', ')}`).default(['txt']).argParser(parseFormats))
    .addOption(
      new Option(
        '--out <folder>',
        'folder for the transcripts; without it, one file in one format goes to standard output, more go to the current folder',
      ),
    )
    .action(async (files: string[], choices: Choices) => {
      process.exitCode = await transcribeFiles(files.map(fromUser), choices);
    });

function parseFormats(given: string): ExportFormat[] {
  return given.split(',').map((name) => {
    const format = exportFormats.find((known) => known === name.trim());
    if (format === undefined) throw new InvalidArgumentError(`"${name}" is not one of ${exportFormats.join(', ')}.`);
    return format;
  });
}

/** One after the other; a file that fails does not stop the rest. Answers the exit code: 1 if any failed, 130 after Ctrl-C. */
async function transcribeFiles(files: readonly string[], choices: Choices): Promise<number> {
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort(new AppError('cancelled', 'Stopped.')));
  const { THREADS, MODELS_DIR } = readConfig();
  const engine = startEngine({ threads: THREADS, modelsDir: MODELS_DIR });
  const toStdout = choices.out === undefined && files.length === 1 && choices.format.length === 1;
  let failed = 0;
  for (const file of files) {
    if (abort.signal.aborted) break;
    try {
      const transcript = await transcribeFile(engine, file, choices, abort.signal);
      await (toStdout ? print(transcript, choices) : save(transcript, file, choices));
    } catch (cause) {
      const error = toAppError(cause);
      console.error(`${path.basename(file)}: ${error.message} ${error.hint}`);
      failed += 1;
    }
  }
  await engine.close();
  return abort.signal.aborted ? 130 : failed > 0 ? 1 : 0;
}

async function transcribeFile(engine: Engine, file: string, choices: Choices, signal: AbortSignal): Promise<Transcript> {
  const name = path.basename(file);
  const options: TranscribeOptions = { ...defaultOptions, model: choices.model, language: choices.language ?? null };
  const line = progressLine(process.stderr, name);
  try {
    const transcript = await engine.transcribe({ path: file, name }, options, signal, line.show);
    line.end(transcript);
    return transcript;
  } catch (cause) {
    line.clear();
    throw cause;
  }
}

const render = (transcript: Transcript, format: ExportFormat): string => exportKinds[format].render(transcript);

async function print(transcript: Transcript, { format }: Choices): Promise<void> {
  for (const kind of format) process.stdout.write(render(transcript, kind));
}

async function save(transcript: Transcript, file: string, { format, out = '.' }: Choices): Promise<void> {
  const folder = fromUser(out);
  await mkdir(folder, { recursive: true });
  for (const kind of format) {
    const target = path.join(folder, exportFileName(path.basename(file), exportKinds[kind].extension));
    await writeFile(target, render(transcript, kind));
    console.error(`  ${target}`);
  }
}
