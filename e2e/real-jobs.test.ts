/** Jobs with the real engine: the one that comes with the product, done by one command; and one that is pulled, with speakers. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { JobOutput } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import { expect, it, onTestFinished } from 'vitest';
import { FakeJobServer } from './fake-job-server.ts';
import { realEntry } from './pod-worker.ts';
import { startWorker } from './test-pods.ts';
import { words } from './visitor.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const said = words(sampleRecording.text);

it('TEST_LOCAL=true does the job of test_inputs.json: the sample, printed as JSON and nothing else', async () => {
  const dataRoot = await mkdtemp(path.join(os.tmpdir(), 'local-job-'));
  onTestFinished(() => rm(dataRoot, { recursive: true, force: true }));
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, ENV_FILE: 'none', TEST_LOCAL: 'true', DATA_ROOT: dataRoot };
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=bulk-transcribe-source', realEntry], { cwd: root, env });
  const { id, output } = JSON.parse(stdout) as { id: string; output: JobOutput };
  expect([id, output.model, output.device]).toEqual(['LOCAL-TEST', 'moonshine-tiny-en', 'cpu']);
  expect(words(output.transcription)).toEqual(said);
  expect(words(await readFile(path.resolve(root, output.links?.['txt'] ?? ''), 'utf8'))).toEqual(expect.arrayContaining(said));
});

it('a pulled job that asks for speakers has them in its output, in every segment and word', async () => {
  const jobs = await FakeJobServer.start();
  onTestFinished(() => jobs.close());
  const audio = (await readFile(sampleRecording.path)).toString('base64');
  const job = jobs.add('speakers', { audio_base64: audio, word_timestamps: true, options: { diarization: true, speakers: 1 } });
  await startWorker({ ...jobs.today, WORKER_TOKEN: '', WORKER_ZERO: 'true' }, { entry: realEntry });
  await jobs.until(() => job.end !== undefined);
  const { transcription, transcript, word_timestamps } = (job.end?.output ?? {}) as JobOutput;
  expect(words(transcription)).toEqual(said);
  expect(words((word_timestamps ?? []).map(({ word }) => word).join(' '))).toEqual(said);
  expect(transcript?.speakers).toMatchObject([{ id: 'S1' }]);
  const segments = transcript?.segments ?? [];
  const speakers = segments.flatMap(({ speaker, words: own = [] }) => [speaker, ...own.map((word) => word.speaker)]);
  expect(speakers.length).toBeGreaterThan(said.length);
  expect(new Set(speakers)).toEqual(new Set(['S1']));
});
