/** The same recording through every door gives the same text. What the page shows of it, pages.test.ts reads. */
import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isFinal, transcriptText } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import { OpenAI } from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiClient } from './api-client.ts';
import { type Product, startProduct } from './product.ts';
import { words } from './visitor.ts';

const cli = fileURLToPath(new URL('../apps/cli/src/main.ts', import.meta.url));
let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.remove());

async function throughTheApiOfThePage(): Promise<string> {
  const client = new ApiClient(product.origin);
  await client.open();
  const recording = await client.upload(sampleRecording.path, sampleRecording.name);
  const job = await client.startJob({ recordingIds: [recording.id] });
  for await (const event of client.events()) {
    if (event.type !== 'task' || event.task.jobId !== job.id || !isFinal(event.task.state)) continue;
    expect(event.task.error).toBeNull();
    return transcriptText(await client.transcript(event.task.id));
  }
  throw new Error('The event stream ended early.');
}

async function throughTheCommandLine(): Promise<string> {
  const args = ['--conditions=bulk-transcribe-source', cli, 'transcribe', sampleRecording.path, '--format', 'txt'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ENV_FILE: 'none' } });
  return stdout.trim();
}

async function throughTheOpenAiClient(): Promise<string> {
  const client = new OpenAI({ baseURL: `${product.origin}/v1`, apiKey: 'any' });
  const { text } = await client.audio.transcriptions.create({ model: 'whisper-1', file: createReadStream(sampleRecording.path) });
  return text;
}

it('the sample has the same text through page, command line and OpenAI client, every word right', async () => {
  const page = await throughTheApiOfThePage();
  expect(words(page)).toEqual(words(sampleRecording.text));
  expect(await throughTheCommandLine()).toBe(page);
  expect(await throughTheOpenAiClient()).toBe(page);
});
