/** From what a person names to transcripts on disk: find → plan → transcribe here or there → report. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { isPath, resolveOptions, usualModel } from '@bulk-transcribe/models';
import { AppError, GRAPHS_FOLDER, type TranscribeOptions } from '@bulk-transcribe/protocol';
import { startEngine } from '@bulk-transcribe/speech';
import { fromUser, readConfig } from '../config.ts';
import { type ControllerAccess, ControllerApi } from '../controller/controller-api.ts';
import { transcribeThere } from '../controller/transcribe-there.ts';
import { UploadAddresses } from '../controller/upload-addresses.ts';
import { type Interrupt, onInterrupt } from '../interrupt.ts';
import { placeOf } from '../model-place.ts';
import { Batch } from './batch.ts';
import { type Choices, optionsInput } from './choices.ts';
import { findInputs, type Input } from './find-inputs.ts';
import { hashOptions, OutputFolder } from './output-folder.ts';
import { Progress } from './progress.ts';
import { Report } from './report.ts';
import { transcribeHere } from './transcribe-here.ts';

/** One call, until all is done or nothing more can be. */
interface Run {
  readonly choices: Choices;
  /** The folder or file that was named, where it is one alone. */
  readonly name: string | undefined;
  readonly interrupt: Interrupt;
  readonly folder: OutputFolder | null;
  readonly batchWith: (options: TranscribeOptions) => Batch;
}

/** Answers the exit code: 1 if any recording failed, 130 after Ctrl-C. Throws where nothing could be begun. */
export async function transcribe(named: readonly string[], choices: Choices): Promise<number> {
  const controller = controllerAccess(choices);
  const interrupt = onInterrupt('Stopped.');
  const inputs = await findInputs(named);
  const folder = await outputFolder(inputs, choices);
  const progress = new Progress(process.stderr);
  const report = new Report(progress, { json: choices.json === true });
  const { format: formats, overwrite = false, again = false } = choices;
  const batchWith = (options: TranscribeOptions) =>
    new Batch({ inputs, formats, folder, overwrite, again, report, progress, options: hashOptions(options), signal: interrupt.signal });
  const run: Run = { choices, name: await jobName(named), interrupt, folder, batchWith };
  try {
    await (controller ? sendToController(run, controller) : transcribeOnThisComputer(run));
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    if (interrupt.exitCode() === null) await report.tellBroken(cause);
  } finally {
    progress.clear();
    folder?.close();
  }
  for (const line of report.summary()) progress.say(line);
  if (interrupt.exitCode() !== null) progress.say(howToGoOn({ all: inputs.length, ready: report.ready, folder, controller }));
  return interrupt.exitCode() ?? (report.failed ? 1 : 0);
}

/** Null: the engine here. Throws where there is no token. */
function controllerAccess({ controller, token = readConfig().CONTROLLER_TOKEN }: Choices): ControllerAccess | null {
  if (controller === undefined) return null;
  if (token === '')
    throw new AppError('invalid_request', 'A controller wants a token: put one of its API_TOKENS into CONTROLLER_TOKEN, or give it with --token.');
  return { url: controller, token };
}

/** Null: to standard output. */
async function outputFolder(inputs: readonly Input[], { format, out, json }: Choices): Promise<OutputFolder | null> {
  if (out === undefined && inputs.length === 1 && format.length === 1 && !json) return null;
  return await OutputFolder.open(fromUser(out ?? '.'));
}

/** A folder's name says more than what the controller makes of its recordings. */
async function jobName([first = '', ...more]: readonly string[]): Promise<string | undefined> {
  const isFolder = await stat(first).then(
    (there) => there.isDirectory(),
    () => false,
  );
  return isFolder && more.length === 0 ? path.basename(first) : undefined;
}

async function transcribeOnThisComputer({ choices, batchWith }: Run): Promise<void> {
  const { THREADS: threads, DEVICE: device, MODELS_DIR } = readConfig();
  const place = choices.model === undefined ? null : placeOf(choices.model, MODELS_DIR);
  const modelsDir = place?.modelsDir ?? MODELS_DIR;
  const graphsDir = path.join(MODELS_DIR, GRAPHS_FOLDER);
  const engine = startEngine({ threads, device, modelsDir, graphsDir, usualModel: () => usualModel(modelsDir) });
  try {
    const options = resolveOptions({ ...optionsInput(choices), ...(place && { model: place.name }) }, await engine.models());
    await transcribeHere(batchWith(options), engine, options);
  } finally {
    await engine.close();
  }
}

async function sendToController({ choices, name, interrupt, folder, batchWith }: Run, access: ControllerAccess): Promise<void> {
  const { model, again = false } = choices;
  if (model !== undefined && isPath(model))
    throw new AppError('invalid_request', 'A controller has models of its own: name one of them, not a folder.');
  const api = new ControllerApi(access, interrupt.signal);
  const { models, message } = await api.system();
  if (models.length === 0) throw new AppError('worker_unavailable', message || 'The controller has no worker that is up.');
  const options = resolveOptions({ ...optionsInput(choices), ...(model !== undefined && { model }) }, models);
  const addresses = new UploadAddresses(folder?.memory('uploads.jsonl') ?? null);
  await transcribeThere(batchWith(options), { api, options, name, again, addresses });
}

interface Stop {
  readonly all: number;
  readonly ready: number;
  readonly folder: OutputFolder | null;
  readonly controller: ControllerAccess | null;
}

function howToGoOn({ all, ready, folder, controller }: Stop): string {
  if (!folder) return 'Stopped. With --out, what is finished is kept, and the same command goes on.';
  const there = controller
    ? 'The controller goes on with what it has; the same command fetches it, and sends the rest.'
    : 'The same command goes on from here.';
  return `Stopped: ${ready} of ${all} ${all === 1 ? 'recording is' : 'recordings are'} ready. ${there}`;
}
