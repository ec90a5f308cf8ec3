/**
 * `pnpm bench [--write] [--device cpu|cuda|auto] [--model NAME] [--models DIR]`: how fast, how large and how right the speech engine is on this
 * machine. With a Whisper model also where the nodes of its graphs run. Where none is named it is the embedded one, on a GPU large-v3-turbo;
 * others are looked for where the product keeps them. `--write` renews docs/benchmarks.md.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { AppError, EMBEDDED_MODEL } from '@bulk-transcribe/protocol';
import { hasFfmpeg } from '@bulk-transcribe/speech';
import { matchModel } from '../packages/models/src/index.ts';
import { chooseDevice } from '../packages/speech/src/device/choose-device.ts';
import { describeMachine } from './machine.ts';
import { measure, type Subject } from './measure.ts';
import { countNodeRuns } from './node-runs.ts';
import { findRecordings } from './recordings.ts';
import { toMarkdown } from './report.ts';
import { scoreTexts } from './score.ts';
import { measureTwin } from './twin.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const devices = ['cpu', 'cuda', 'auto'] as const;
/** As in a pod. */
const GPU_MODEL = 'large-v3-turbo';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      write: { type: 'boolean', default: false },
      device: { type: 'string', default: 'cpu' },
      model: { type: 'string' },
      models: { type: 'string', default: path.join(root, 'data/models') },
    },
  });
  const device = devices.find((one) => one === values.device);
  if (!device) throw new Error(`--device is one of ${devices.join(', ')}, not “${values.device}”.`);
  // What is missing is said before the minutes that the rest takes.
  const { kind } = await chooseDevice(device);
  const model = await findModel(values.model ?? (kind === 'cuda' ? GPU_MODEL : EMBEDDED_MODEL), values.models);
  const subject: Subject = { model, modelsDir: model === EMBEDDED_MODEL ? 'none' : values.models, device };
  const devData = process.env['BULK_TRANSCRIBE_DEV_DATA'];
  const recordings = await findRecordings(devData);
  console.error(`${recordings.entries.length} recordings: ${recordings.about}`);
  const machine = describeMachine();
  const ffmpeg = (await hasFfmpeg()) ? await measure('decode-ffmpeg', subject) : null;
  const nodeAv = await measure('decode-node-av', subject);
  const vad = await measure('vad', subject);
  const job = await measure('job', subject);
  const folder = path.join(subject.modelsDir, subject.model);
  const nodes =
    subject.modelsDir === 'none' ? [] : await countNodeRuns({ folder, cacheFolder: path.join(root, 'bench/results/graphs'), device: kind });
  const twin = devData && ffmpeg && subject.model === EMBEDDED_MODEL ? await measureTwin(devData) : null;
  const score = await scoreTexts(recordings, job.texts ?? {});
  const result = {
    measuredAt: new Date().toISOString(),
    machine,
    about: recordings.about,
    model: subject.model,
    ffmpeg,
    nodeAv,
    vad,
    job,
    nodes,
    twin,
    score,
  };

  const results = path.join(root, 'bench/results');
  await mkdir(results, { recursive: true });
  await writeFile(path.join(results, `${result.measuredAt.replaceAll(':', '-')}.json`), `${JSON.stringify(result, null, 2)}\n`);
  const markdown = toMarkdown(result);
  console.log(markdown);
  if (values.write) await writeFile(path.join(root, 'docs/benchmarks.md'), markdown);
}

/** By any of its names. */
async function findModel(name: string, folder: string): Promise<string> {
  const names = [EMBEDDED_MODEL, ...(await readdir(folder).catch(() => []))];
  const found = matchModel(name, names);
  if (found !== null) return found;
  throw new AppError('model_not_found', `There is no model “${name}” in ${folder}: npm run cli -- models install ${name}, or --models FOLDER.`);
}

try {
  await main();
} catch (cause) {
  if (!(cause instanceof AppError)) throw cause;
  console.error(`${cause.message} ${cause.hint}`);
  process.exitCode = 1;
}
