/** `pnpm bench [--write]`: how fast, how large and how right the speech engine is on this machine. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasFfmpeg } from '@bulk-transcribe/speech';
import { describeMachine } from './machine.ts';
import { measure } from './measure.ts';
import { findRecordings } from './recordings.ts';
import { toMarkdown } from './report.ts';
import { scoreTexts } from './score.ts';
import { measureTwin } from './twin.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

async function main(): Promise<void> {
  const devData = process.env['BULK_TRANSCRIBE_DEV_DATA'];
  const recordings = await findRecordings(devData);
  console.error(`${recordings.entries.length} recordings: ${recordings.about}`);
  const machine = describeMachine();
  const ffmpeg = (await hasFfmpeg()) ? await measure('decode-ffmpeg') : null;
  const nodeAv = await measure('decode-node-av');
  const vad = await measure('vad');
  const job = await measure('job');
  const twin = devData && ffmpeg ? await measureTwin(devData) : null;
  const score = await scoreTexts(recordings, job.texts ?? {});
  const result = { measuredAt: new Date().toISOString(), machine, about: recordings.about, ffmpeg, nodeAv, vad, job, twin, score };

  const results = path.join(root, 'bench/results');
  await mkdir(results, { recursive: true });
  await writeFile(path.join(results, `${result.measuredAt.replaceAll(':', '-')}.json`), `${JSON.stringify(result, null, 2)}\n`);
  const markdown = toMarkdown(result);
  console.log(markdown);
  if (process.argv.includes('--write')) await writeFile(path.join(root, 'docs/benchmarks.md'), markdown);
}

await main();
