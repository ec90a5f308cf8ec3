/** A local endpoint: the rows of RunPod's `--rp_serve_api`, and what ours adds. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { EMBEDDED_MODEL } from '@bulk-transcribe/protocol';
import { trySettings } from '@bulk-transcribe/service';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { settingsTable } from '../../src/config.ts';
import { buildApi } from '../../src/local/serve-api.ts';
import { createFakeEngine } from '../fake-engine.ts';
import { testRows } from '../life/vector-file.ts';
import { temporaryFolder } from '../run-worker.ts';
import { scripted } from './one-job-server.ts';

interface Row {
  readonly id: string;
  readonly request: { readonly method: 'POST'; readonly url: string };
  readonly response: { readonly status: number; readonly body: Record<string, unknown> };
}

async function openApi() {
  const root = await temporaryFolder();
  const config = trySettings(settingsTable, { MODEL: EMBEDDED_MODEL }, root).settings;
  const engine = createFakeEngine();
  const api = buildApi({ config, engine, log: pino({ level: 'silent' }), bucket: null, root, ownFiles: false });
  onTestFinished(() => api.close());
  const ask = async (method: 'GET' | 'POST', url: string, body?: object) => {
    const answer = await api.inject({ method, url, ...(body && { payload: body }) });
    return { status: answer.statusCode, body: answer.json() as Record<string, unknown> & { id: string } };
  };
  const run = async (input: object) => (await ask('POST', '/run', { input })).body.id;
  return { ask, run, engine };
}

const speech = scripted('windows=2,text=Said_here.');
const completed = { status: 'COMPLETED', output: { transcription: 'Said here. Said here.' } };
/** Id and output are of the job at hand; the rest is as in the row. */
const shape = ({ response }: Row, id: string) => ({ status: response.status, body: { ...response.body, id } });

describe('a local endpoint', () => {
  testRows<Row>('serverless-local-server', {
    run: async ({ request, response }) => {
      const { ask, engine } = await openApi();
      const answer = await ask(request.method, new URL(request.url).pathname, { input: speech });
      expect(answer).toEqual({ status: response.status, body: { id: expect.stringMatching(/^test-[0-9a-f-]{36}$/), status: 'IN_PROGRESS' } });
      expect(engine.begun).toEqual([]);
    },
    runsync: async () => {
      const { ask } = await openApi();
      expect((await ask('POST', '/runsync', { input: speech })).body).toMatchObject({ id: expect.stringMatching(/^test-/), ...completed });
    },
    'runsync-error': async () => {
      const { ask } = await openApi();
      const { body } = await ask('POST', '/runsync', { input: {} });
      expect(body).toEqual({ id: expect.stringMatching(/^test-/), status: 'FAILED', error: expect.stringContaining('audio_base64') });
    },
    'status-runs-the-job': async () => {
      const { ask, run, engine } = await openApi();
      const id = await run(speech);
      expect((await ask('POST', `/status/${id}`)).body).toMatchObject({ id, ...completed });
      expect(engine.begun).toHaveLength(1);
      expect((await ask('POST', `/status/${id}`)).body).toMatchObject({ status: 'FAILED', error: 'Job ID not found' });
    },
    'status-unknown': async (row) => {
      const { ask } = await openApi();
      expect(await ask('POST', '/status/nope')).toEqual(shape(row, 'nope'));
    },
    'stream-not-generator': async (row) => {
      const { ask, run } = await openApi();
      const id = await run(speech);
      const { body } = await ask('POST', `/stream/${id}`);
      expect(body).toMatchObject({ id, status: 'FAILED', error: expect.stringContaining(String(row.response.body['error'])) });
    },
    stream: async () => {
      const { ask, run } = await openApi();
      const id = await run({ ...speech, stream: true });
      const { body } = await ask('POST', `/stream/${id}`);
      expect(body).toMatchObject({ id, status: 'COMPLETED', stream: [{ output: { index: 0 } }, { output: { index: 1 } }] });
    },
  });

  it('is asked by GET, too, as the platform is', async () => {
    const { ask, run } = await openApi();
    expect((await ask('GET', `/status/${await run(speech)}`)).body).toMatchObject(completed);
    expect((await ask('GET', `/stream/${await run({ ...speech, stream: true })}`)).body['stream']).toHaveLength(2);
  });

  it('forgets a job that is cancelled, and counts what it has done', async () => {
    const { ask, run } = await openApi();
    const id = await run(speech);
    expect((await ask('GET', '/health')).body).toMatchObject({ jobs: { inQueue: 1, completed: 0 }, workers: { idle: 1, running: 0 } });
    expect((await ask('POST', `/cancel/${id}`)).body).toEqual({ id, status: 'CANCELLED' });
    expect((await ask('POST', `/status/${id}`)).body).toMatchObject({ error: 'Job ID not found' });
    await ask('POST', '/runsync', { input: speech });
    expect((await ask('GET', '/health')).body).toMatchObject({ jobs: { inQueue: 0, inProgress: 0, completed: 1, failed: 0 } });
  });

  it('calls the webhook of a job that succeeds', async () => {
    const heard = Promise.withResolvers<string>();
    const hook = createServer((request, response) => {
      void text(request).then(heard.resolve);
      response.end();
    });
    onTestFinished(() => void hook.close());
    hook.listen(0, '127.0.0.1');
    await once(hook, 'listening');
    const { ask } = await openApi();
    await ask('POST', '/runsync', { input: speech, webhook: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook` });
    expect(JSON.parse(await heard.promise)).toMatchObject({ output: completed.output });
  });

  it('reads no file of this machine where others may ask', async () => {
    const { ask } = await openApi();
    const { body } = await ask('POST', '/runsync', { input: { audio: 'package.json' } });
    expect(body).toMatchObject({ status: 'FAILED', error: expect.stringContaining('audio is not an https:// address') });
  });
});
