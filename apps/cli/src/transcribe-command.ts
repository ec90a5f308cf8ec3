import path from 'node:path';
import { exportKinds } from '@bulk-transcribe/export';
import { matchModel } from '@bulk-transcribe/models';
import {
  AppError,
  defaultOptions,
  type ExportFormat,
  exportFormats,
  GRAPHS_FOLDER,
  MOST_SPEAKERS,
  type TranscribeOptions,
  type Transcript,
  toAppError,
} from '@bulk-transcribe/protocol';
import { type Engine, startEngine } from '@bulk-transcribe/speech';
import { Command, InvalidArgumentError, Option } from 'commander';
import { fromUser, readConfig } from './config.ts';
import { requireFile } from './inputs.ts';
import { placeOf } from './model-place.ts';
import { type Output, planOutputs, prepareFolder, requireNew, writeOutputs } from './outputs.ts';
import { progressLine } from './progress-line.ts';
import { endWithReader, print } from './standard-output.ts';

type SpeakersChoice = number | 'auto';

interface Choices {
  readonly model: string;
  readonly language?: string;
  readonly translate?: true;
  readonly prompt?: string;
  readonly glossary?: string;
  readonly accurate?: true;
  readonly speakers?: SpeakersChoice;
  readonly format: readonly ExportFormat[];
  readonly out?: string;
  readonly overwrite?: true;
}

const examples = `
Examples:
  transcribe talk.mp3                                the text, on the screen
  transcribe talk.mp3 > talk.txt                     the text, in a file
  transcribe talk.mp3 --speakers auto --format md    with speakers, to read
  transcribe *.m4a --format txt,srt --out texts      text and subtitles of many, in the folder texts
  transcribe -- -odd-name.wav                        a name that begins with a hyphen

Several recordings of the same name are numbered: talk.txt, talk (2).txt.
Progress and problems go to standard error.
Exit code: 0 all transcribed, 1 some were not, 2 a setting or the folder is wrong, 130 stopped by Ctrl-C.`;

export const transcribeCommand = (): Command =>
  new Command('transcribe')
    .description('Transcribe recordings with the engine on this computer.')
    .argument('<file...>', 'audio or video files')
    .addOption(
      new Option(
        '--model <name>',
        'model to use: its name, an alias (turbo), its repository on the hub, or the path of a folder that holds it',
      ).default(defaultOptions.model),
    )
    .addOption(new Option('--language <code>', 'language of the recordings, for example en'))
    .addOption(new Option('--translate', 'text in English, whatever is spoken; not every model can'))
    .addOption(new Option('--prompt <text>', 'text in the style and spelling to expect; not every model uses it'))
    .addOption(new Option('--glossary <terms>', 'names and terms to expect, separated by commas; hundreds if need be'))
    .addOption(new Option('--accurate', 'search wider: fewer errors in difficult audio for about twice the computing'))
    .addOption(new Option('--speakers <count>', 'say who speaks; how many voices there are, or auto').argParser(parseSpeakers))
    .addOption(
      new Option('--format <list>', `formats, separated by commas: ${exportFormats.join(', ')}`).default(['txt'], 'txt').argParser(parseFormats),
    )
    .addOption(
      new Option(
        '--out <folder>',
        'folder for the transcripts; without it, one file in one format goes to standard output, more go to the current folder',
      ),
    )
    .addOption(new Option('--overwrite', 'replace transcripts that exist already; without it they are kept'))
    .addHelpText('after', examples)
    .action(async (files: string[], choices: Choices) => {
      endWithReader();
      process.exitCode = await transcribeFiles(files.map(fromUser), choices);
    });

function parseSpeakers(given: string): SpeakersChoice {
  if (given === 'auto') return 'auto';
  if (/^[1-9]\d?$/.test(given) && Number(given) <= MOST_SPEAKERS) return Number(given);
  throw new InvalidArgumentError(`"${given}" is not auto, nor a number from 1 to ${MOST_SPEAKERS}.`);
}

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
  const { THREADS: threads, DEVICE: device, MODELS_DIR } = readConfig();
  const place = placeOf(choices.model, MODELS_DIR);
  const toStdout = choices.out === undefined && files.length === 1 && choices.format.length === 1;
  const folder = fromUser(choices.out ?? '.');
  if (!toStdout) await prepareFolder(folder);
  const outputs = planOutputs(files, { folder, formats: choices.format });
  const engine = startEngine({ threads, device, modelsDir: place.modelsDir, graphsDir: path.join(MODELS_DIR, GRAPHS_FOLDER) });
  const ids = (await engine.models()).map(({ id }) => id);
  const model = matchModel(place.name, ids) ?? place.name;
  let failed = 0;
  for (const [index, file] of files.entries()) {
    if (abort.signal.aborted) break;
    const targets = toStdout ? [] : (outputs[index] ?? []);
    const done = await transcribeOne({ engine, file, targets, choices: { ...choices, model }, signal: abort.signal });
    if (!done) failed += 1;
  }
  await engine.close();
  return abort.signal.aborted ? 130 : failed > 0 ? 1 : 0;
}

interface One {
  readonly engine: Engine;
  readonly file: string;
  /** None: standard output. */
  readonly targets: readonly Output[];
  readonly choices: Choices;
  readonly signal: AbortSignal;
}

/** False, with a sentence on standard error, where it did not work. */
async function transcribeOne({ engine, file, targets, choices, signal }: One): Promise<boolean> {
  try {
    await requireFile(file);
    if (!choices.overwrite) await requireNew(targets);
    const transcript = await transcribeFile(engine, file, choices, signal);
    if (targets.length > 0) await writeOutputs(transcript, path.basename(file), targets);
    else for (const kind of choices.format) await print(await exportKinds[kind].render(transcript, path.basename(file)));
    return true;
  } catch (cause) {
    console.error(`${path.basename(file)}: ${sentence(cause)}`);
    return false;
  }
}

/** What is wrong with the call says itself what to do; the rest has a hint. */
function sentence(cause: unknown): string {
  const { code, message, hint } = toAppError(cause);
  return code === 'invalid_request' || code === 'not_found' || code === 'conflict' ? message : `${message} ${hint}`;
}

const optionsOf = ({ model, language, translate, prompt = '', glossary = '', accurate, speakers }: Choices): TranscribeOptions => ({
  ...defaultOptions,
  model,
  language: language ?? null,
  task: translate ? 'translate' : 'transcribe',
  prompt,
  glossary: glossary
    .split(',')
    .map((term) => term.trim())
    .filter(Boolean),
  quality: accurate ? 'accurate' : 'standard',
  ...(speakers !== undefined && { diarization: true, speakers: speakers === 'auto' ? null : speakers }),
});

async function transcribeFile(engine: Engine, file: string, choices: Choices, signal: AbortSignal): Promise<Transcript> {
  const name = path.basename(file);
  const options = optionsOf(choices);
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
