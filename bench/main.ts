/**
 * `pnpm bench [--write] [--device cpu|cuda|auto] [--model NAME --models DIR]`: how fast, how large and how right the speech engine is on this
 * machine. With a Whisper model also where the nodes of its graphs run. `--write` renews docs/benchmarks.md.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { AppError, defaultOptions } from '@bulk-transcribe/protocol';
import { hasFfmpeg } from '@bulk-transcribe/speech';
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

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      write: { type: 'boolean', default: false },
      device: { type: 'string', default: 'cpu' },
      model: { type: 'string', default: defaultOptions.model },
      models: { type: 'string', default: 'none' },
    },
  });
  const device = devices.find((one) => one === values.device);
  if (!device) throw new Error(`--device is one of ${devices.join(', ')}, not “${values.device}”.`);
  const subject: Subject = { model: values.model, modelsDir: values.models, device };
  // Before the minutes that the rest takes.
  const { kind } = await chooseDevice(device);
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
  const twin = devData && ffmpeg && subject.model === defaultOptions.model ? await measureTwin(devData) : null;
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

try {
  await main();
} catch (cause) {
  if (!(cause instanceof AppError)) throw cause;
  console.error(`${cause.message} ${cause.hint}`);
  process.exitCode = 1;
}
