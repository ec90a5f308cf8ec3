/** The worker as it is, with its real engine, on the recording that ships with the product. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { defaultOptions, type Ping, type SelfTest, type Transcript, transcriptText } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import { decodeEvidence } from '@bulk-transcribe/speech';
import { describe, expect, it } from 'vitest';
import { micro } from '../../../packages/speech/test/whisper/golden.ts';
import { kill, spawnWorker, temporaryFolder, workerEntry } from './run-worker.ts';
import { requestFor, type WorkerClient } from './worker-client.ts';

const sample = new Uint8Array(await readFile(sampleRecording.path));
const words = (text: string) => text.toLowerCase().match(/[a-z]+/g);

async function resultOf(client: WorkerClient, id: string): Promise<Transcript> {
  await client.untilState(id, 'succeeded');
  return (await (await client.fetch(`/v1/tasks/${id}/result`)).json()) as Transcript;
}

/** The processes that `pid` has started, from Linux's process table (proc(5)): its engine is one of them. */
function childrenOf(pid: number | undefined): number[] {
  const isChild = (entry: string) => {
    try {
      return readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1] === String(pid);
    } catch {
      return false;
    }
  };
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && isChild(entry))
    .map(Number);
}

describe('the worker with its real engine', () => {
  it('makes the right words of the sample, on the device that it claims', async () => {
    const { client } = await spawnWorker(await temporaryFolder(), { entry: workerEntry });
    const ping = (await (await client.fetch('/v1/ping')).json()) as Ping;
    expect(ping).toMatchObject({ gpu: false, provider: 'cpu', models: [{ id: 'moonshine-tiny-en' }], diarization: true });
    const { id } = await client.submit(sample, { options: { ...defaultOptions, diarization: true } });
    const transcript = await resultOf(client, id);
    expect(words(transcriptText(transcript))).toEqual(words(sampleRecording.text));
    expect(transcript.speakers).toMatchObject([{ id: 'S1' }]);
    const evidence = await client.fetch(`/v1/tasks/${id}/evidence?offset=0`);
    const bytes = new Uint8Array(await evidence.arrayBuffer());
    expect(evidence.headers.get('x-evidence-size')).toBe(String(bytes.length));
    expect(decodeEvidence(bytes).channels).toHaveLength(1);
    const rest = await client.fetch(`/v1/tasks/${id}/evidence?offset=10`);
    expect(new Uint8Array(await rest.arrayBuffer())).toEqual(bytes.subarray(10));
    expect(transcript.provenance).toMatchObject({ device: ping.provider, threads: ping.threads });
    const again = await client.submit(sample, { work: 'speakers', options: { ...defaultOptions, diarization: true } });
    await client.untilState(again.id, 'succeeded');
    const { speakers, turns } = transcript;
    expect(await resultOf(client, again.id)).toMatchObject({ segments: [], speakers, turns });
    const measured = (await (await client.post('/v1/self-test', {})).json()) as SelfTest;
    expect(measured).toMatchObject({ device: 'cpu', durationSec: expect.closeTo(sampleRecording.durationSec, 0) });
    expect(measured.timesRealTime).toBeGreaterThan(0);
  });

  it('loads the model that MODEL means by any of its names, and measures its speed with it', async () => {
    const dataRoot = await temporaryFolder();
    await mkdir(path.join(dataRoot, 'models'));
    await symlink(micro, path.join(dataRoot, 'models/somebody--micro'), 'dir');
    const { client } = await spawnWorker(dataRoot, { entry: workerEntry, env: { MODEL: 'somebody/Micro', HF_HUB_OFFLINE: '1' } });
    const { models } = (await (await client.fetch('/v1/ping')).json()) as Ping;
    expect(models.filter((model) => model.default).map(({ id }) => id)).toEqual(['somebody--micro']);
    expect(await (await client.post('/v1/self-test', {})).json()).toMatchObject({ model: 'somebody--micro' });
  });

  it('hears two recordings at once as it does one by one', async () => {
    const results: Transcript[][] = [];
    const models = await temporaryFolder();
    await symlink(micro, path.join(models, 'micro'), 'dir');
    for (const slots of ['1', '2']) {
      const env = { MODEL: 'micro', MODELS_DIR: models, HF_HUB_OFFLINE: '1', SLOTS: slots };
      const { client } = await spawnWorker(await temporaryFolder(), { entry: workerEntry, env });
      expect(await (await client.fetch('/v1/ping')).json()).toMatchObject({ slots: { total: Number(slots), free: Number(slots) } });
      const options = { ...defaultOptions, model: 'micro', language: 'en' };
      const tasks = await Promise.all(['one', 'two'].map((name) => client.submit(sample, { options, input: { ...requestFor(sample).input, name } })));
      results.push(await Promise.all(tasks.map(({ id }) => resultOf(client, id))));
    }
    const said = ({ segments }: Transcript) => segments.map(({ start, end, text }) => [start, end, text]);
    expect(results[1]?.map(said)).toEqual(results[0]?.map(said));
  });

  it.runIf(process.platform === 'linux')('survives kill -9 of its engine: the attempt goes on with the next one', async () => {
    const { child, client } = await spawnWorker(await temporaryFolder(), { entry: workerEntry });
    const [engine] = childrenOf(child.pid);
    if (!engine) throw new Error('The worker has no engine process.');
    // A stopped engine cannot finish before it is killed.
    process.kill(engine, 'SIGSTOP');
    const request = await client.submit(sample);
    await client.untilState(request.id, 'running');
    process.kill(engine, 'SIGKILL');
    expect(words(transcriptText(await resultOf(client, request.id)))).toEqual(words(sampleRecording.text));
  });

  it.runIf(process.platform === 'linux')('leaves no engine behind when it is killed itself, and its heir finishes the task', async () => {
    const dataRoot = await temporaryFolder();
    const { child, client } = await spawnWorker(dataRoot, { entry: workerEntry });
    const engines = childrenOf(child.pid);
    expect(engines).toHaveLength(1);
    const { id } = await client.submit(sample);
    await client.untilState(id, 'running');
    await kill(child);

    const heir = await spawnWorker(dataRoot, { entry: workerEntry });
    expect(words(transcriptText(await resultOf(heir.client, id)))).toEqual(words(sampleRecording.text));
    expect(engines.filter(isAlive)).toEqual([]);
  });
});

/** Neither gone nor a zombie that nobody has collected yet. */
function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0] !== 'Z';
  } catch {
    return false;
  }
}
