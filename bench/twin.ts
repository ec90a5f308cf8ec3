/**
 * A plain twin: a straightforward script on the same models and runtime, measured in the same run. The machine's speed
 * drifts, the ratio to the twin does not. It comes with the development data and needs ffmpeg; decoding is not in its figures.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface TwinMeasurement {
  readonly audioSec: number;
  readonly cpuSec: number;
  readonly peakMiB: number;
}

const speech = fileURLToPath(new URL('../packages/speech/', import.meta.url));

export async function measureTwin(devData: string): Promise<TwinMeasurement> {
  const model = path.join(speech, 'node_modules/@moonshine-ai/moonshine-js/dist/model/tiny/quantized');
  const vad = path.join(speech, 'node_modules/@ricky0123/vad-web/dist/silero_vad_v5.onnx');
  const script = path.join(devData, 'reference/moonshine/transcribe.mjs');
  const args = [script, model, vad, '--manifest', path.join(devData, 'audio/manifest.json')];
  const { stderr } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ORT_DIR: speech, THREADS: '1' } });
  return readSummary(stderr);
}

/** "1344 s audio, cpu 48.3 s, …, peak rss 545 MB" */
function readSummary(text: string): TwinMeasurement {
  const numbers = /(\d+) s audio, cpu ([\d.]+) s.* peak rss (\d+) MB/.exec(text)?.slice(1).map(Number) ?? [];
  const [audioSec = 0, cpuSec = 0, megabytes = 0] = numbers;
  if (cpuSec === 0) throw new Error(`The twin did not finish: ${text}`);
  return { audioSec, cpuSec, peakMiB: (megabytes * 1e6) / 2 ** 20 };
}
