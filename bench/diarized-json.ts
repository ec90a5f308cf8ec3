/**
 * `pnpm bench:diarized-json [MODEL…]`: who speaks when, as a client of the OpenAI-compatible API reads it, on the made conversations of the
 * development data. The real product answers. Error rate of the segments, a collar of 0.25 s, overlap scored. Models: whisper-base and
 * moonshine-tiny-en where none is named.
 */
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { OpenAiDiarizedTranscription } from '@bulk-transcribe/protocol';
import { startProduct } from '../e2e/product.ts';
import { addErrors, diarizationErrors, errorRate, readRttm } from './diarization/error-rate.ts';

const COLLAR = 0.25;
const percent = (rate: number): string => `${(100 * rate).toFixed(1)} %`;

async function main(): Promise<void> {
  const devData = process.env['BULK_TRANSCRIBE_DEV_DATA'];
  if (!devData) throw new Error('Usage: BULK_TRANSCRIBE_DEV_DATA=FOLDER pnpm bench:diarized-json [MODEL…]');
  const models = process.argv.length > 2 ? process.argv.slice(2) : ['moonshine-tiny-en', 'whisper-base'];
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'diarized-json-'));
  // Links, so that what is kept beside the models does not go into the development data.
  for (const name of await readdir(path.join(devData, 'models'))) await symlink(path.join(devData, 'models', name), path.join(scratch, name));
  const product = await startProduct({ MODELS_DIR: scratch });
  try {
    for (const model of models) await score(model, { origin: product.origin, audio: path.join(devData, 'audio') });
  } finally {
    await product.remove();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function score(model: string, { origin, audio }: { origin: string; audio: string }): Promise<void> {
  const all = [];
  for (const file of await readdir(path.join(audio, 'synth'))) {
    const name = path.basename(file, path.extname(file));
    const reference = readRttm(await readFile(path.join(audio, 'rttm', `${name}.rttm`), 'utf8'));
    const { segments } = await transcribe(origin, model, path.join(audio, 'synth', file));
    const errors = diarizationErrors(reference, segments, COLLAR);
    all.push(errors);
    const speakers = (list: readonly { speaker: string }[]) => new Set(list.map(({ speaker }) => speaker)).size;
    console.log(`${model}, ${name}: ${percent(errorRate(errors))}, ${speakers(segments)} of ${speakers(reference)} speakers`);
  }
  console.log(`${model}: ${percent(errorRate(addErrors(all)))}`);
}

async function transcribe(origin: string, model: string, file: string): Promise<OpenAiDiarizedTranscription> {
  const form = new FormData();
  form.append('model', model);
  form.append('response_format', 'diarized_json');
  form.append('file', new Blob([await readFile(file)]), path.basename(file));
  const response = await fetch(`${origin}/v1/audio/transcriptions`, { method: 'POST', body: form });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()) as OpenAiDiarizedTranscription;
}

await main();
