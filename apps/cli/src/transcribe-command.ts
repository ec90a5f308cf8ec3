import path from 'node:path';
import { resolveOptions } from '@bulk-transcribe/models';
import { AppError, GRAPHS_FOLDER, type TranscribeOptionsInput } from '@bulk-transcribe/protocol';
import { startEngine } from '@bulk-transcribe/speech';
import { Command } from 'commander';
import { fromUser, readConfig } from './config.ts';
import { type Interrupt, onInterrupt } from './interrupt.ts';
import { placeOf } from './model-place.ts';
import { endWithReader } from './standard-output.ts';
import { Batch } from './transcribe/batch.ts';
import { type Choices, choiceFlags, optionsInput } from './transcribe/choices.ts';
import { findInputs, type Input } from './transcribe/find-inputs.ts';
import { hashOptions, OutputFolder } from './transcribe/output-folder.ts';
import { Progress } from './transcribe/progress.ts';
import { Report } from './transcribe/report.ts';
import { transcribeHere } from './transcribe/transcribe-here.ts';

const examples = `
Examples:
  transcribe talk.mp3                                the text, on the screen
  transcribe talk.mp3 > talk.txt                     the text, in a file
  transcribe talk.mp3 --speakers auto --format md    with speakers, to read
  transcribe *.m4a --format txt,srt --out texts      text and subtitles of many, in the folder texts
  transcribe interviews --out texts                  all recordings in a folder and the folders in it
  transcribe interviews --out texts --json           the same, with a line of JSON for each
  transcribe -- -odd-name.wav                        a name that begins with a hyphen

What was stopped goes on with the same command: what is done is passed by, a recording goes on behind its last finished window.
Several recordings of the same name are numbered: talk.txt, talk (2).txt.
Progress and problems go to standard error.
Exit code: 0 all transcribed, 1 some were not, 2 a setting or the folder is wrong, 130 stopped by Ctrl-C.`;

export const transcribeCommand = (): Command => {
  const command = new Command('transcribe')
    .description('Transcribe recordings with the engine on this computer.')
    .argument('<file...>', 'audio or video files, or folders of them');
  for (const flag of choiceFlags()) command.addOption(flag);
  return command.addHelpText('after', examples).action(async (named: string[], choices: Choices) => {
    endWithReader();
    process.exitCode = await transcribe(named.map(fromUser), choices);
  });
};

/** Answers the exit code: 1 if any recording failed, 130 after Ctrl-C. Throws where nothing could be begun. */
async function transcribe(named: readonly string[], choices: Choices): Promise<number> {
  const interrupt = onInterrupt('Stopped.');
  const inputs = await findInputs(named);
  const folder = await outputFolder(inputs, choices);
  const progress = new Progress(process.stderr);
  const report = new Report(progress, { json: choices.json === true });
  try {
    await transcribeOnThisComputer({ inputs, choices, folder, progress, report, interrupt });
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    if (interrupt.exitCode() === null) await report.tellBroken(cause);
  } finally {
    progress.clear();
    folder?.close();
  }
  for (const line of report.summary()) progress.say(line);
  if (interrupt.exitCode() !== null) progress.say(howToGoOn(inputs.length, report.ready, folder));
  return interrupt.exitCode() ?? (report.failed ? 1 : 0);
}

/** Null: to standard output. */
async function outputFolder(inputs: readonly Input[], { format, out, json }: Choices): Promise<OutputFolder | null> {
  if (out === undefined && inputs.length === 1 && format.length === 1 && !json) return null;
  return await OutputFolder.open(fromUser(out ?? '.'));
}

interface Run {
  readonly inputs: readonly Input[];
  readonly choices: Choices;
  readonly folder: OutputFolder | null;
  readonly progress: Progress;
  readonly report: Report;
  readonly interrupt: Interrupt;
}

async function transcribeOnThisComputer({ choices, interrupt, ...parts }: Run): Promise<void> {
  const { THREADS: threads, DEVICE: device, MODELS_DIR } = readConfig();
  const place = choices.model === undefined ? null : placeOf(choices.model, MODELS_DIR);
  const modelsDir = place?.modelsDir ?? MODELS_DIR;
  const engine = startEngine({ threads, device, modelsDir, graphsDir: path.join(MODELS_DIR, GRAPHS_FOLDER) });
  try {
    const input: TranscribeOptionsInput = { ...optionsInput(choices), ...(place && { model: place.name }) };
    const options = resolveOptions(input, await engine.models());
    const { format: formats, overwrite = false, again = false } = choices;
    const batch = new Batch({ ...parts, formats, overwrite, again, options: hashOptions(options), signal: interrupt.signal });
    await transcribeHere(batch, engine, options);
  } finally {
    await engine.close();
  }
}

function howToGoOn(all: number, ready: number, folder: OutputFolder | null): string {
  if (!folder) return 'Stopped. With --out, what is finished is kept, and the same command goes on.';
  return `Stopped: ${ready} of ${all} ${all === 1 ? 'recording is' : 'recordings are'} ready. The same command goes on from here.`;
}
