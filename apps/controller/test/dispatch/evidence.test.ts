/** What speakers were told apart by, on its way from the worker to the store. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultOptions, EVIDENCE_SIZE_HEADER, PART_SHA256_HEADER, WORKER_HEADER, WORKER_PROTOCOL } from '@bulk-transcribe/protocol';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { fetchEvidence } from '../../src/dispatch/fetch-evidence.ts';
import { WorkerClient } from '../../src/workers/worker-client.ts';
import { quiet, temporaryDataRoot } from '../database/template.ts';
import { final, openCore, submit } from './controller-core.ts';

test('evidence is stored with the result, and none where speakers were not asked for', async () => {
  const dataRoot = await temporaryDataRoot();
  const core = await openCore({ dataRoot, log: quiet });
  onTestFinished(() => core.close());
  const size = 100_000;
  const [told] = await submit(core, [`fake{windows=1,evidence=${size}}`], { diarization: true });
  const [untold] = await submit(core, ['fake{windows=1,evidence=10}']);
  const [without] = await submit(core, ['fake{windows=1}'], { diarization: true });
  for (const task of [told, untold, without]) expect(await final(core.jobs, task)).toMatchObject({ state: 'succeeded', attempt: 1 });
  const stored = await core.jobs.speakerEvidence('mine', told?.id ?? '');
  expect(stored).toHaveLength(size);
  expect(stored?.every((byte, index) => byte === index % 251)).toBe(true);
  for (const task of [untold, without]) expect(await core.jobs.speakerEvidence('mine', task?.id ?? '')).toBeNull();
});

const task = {
  taskId: '0193e7a0-0000-7000-8000-000000000000',
  attempt: 1,
  worker: null,
  hearing: false,
  options: { ...defaultOptions, diarization: true },
  recording: { id: 'r', name: 'a.mp3', size: 1, sha256: 'a'.repeat(64), createdAt: '2026-01-01T00:00:00.000Z' },
};
const { signal } = new AbortController();

/** What is fetched from a worker that answers the question for the part at `offset` so, and the words of the log. */
async function fetchFrom(answer: (offset: number) => { headers: Record<string, string>; body: Buffer }) {
  const server = createServer((request, response) => {
    const { headers, body } = answer(Number(new URL(request.url ?? '', 'http://worker').searchParams.get('offset')));
    response.writeHead(200, { [WORKER_HEADER]: WORKER_PROTOCOL, ...headers }).end(body);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const client = new WorkerClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 'a-token-that-only-two-know' });
  onTestFinished(async () => {
    await client.close();
    server.close();
  });
  const lines: string[] = [];
  const log = pino({ base: null }, { write: (line) => void lines.push(line) });
  return { evidence: await fetchEvidence({ client, task, signal, log }), lines };
}

const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

test('parts are put together in order', async () => {
  const whole = Buffer.from('what speakers were told apart by');
  const { evidence, lines } = await fetchFrom((offset) => {
    const body = whole.subarray(offset, offset + 5);
    return { headers: { [EVIDENCE_SIZE_HEADER]: String(whole.length), [PART_SHA256_HEADER]: hashOf(body) }, body };
  });
  expect(Buffer.from(evidence ?? []).toString()).toBe(whole.toString());
  expect(lines).toEqual([]);
});

const part = Buffer.from('part');
const right = hashOf(part);

test.each([
  ['without a size', {}],
  ['longer than any evidence', { [EVIDENCE_SIZE_HEADER]: '70000000', [PART_SHA256_HEADER]: right }],
  ['longer than the whole', { [EVIDENCE_SIZE_HEADER]: '3', [PART_SHA256_HEADER]: right }],
  ['of other bytes than were sent', { [EVIDENCE_SIZE_HEADER]: '4', [PART_SHA256_HEADER]: '0'.repeat(64) }],
])('a part %s is not believed, and costs a line in the log alone', async (_name, headers) => {
  const { evidence, lines } = await fetchFrom(() => ({ headers, body: part }));
  expect(evidence).toBeNull();
  expect(lines).toEqual([expect.stringContaining('no evidence of the speakers is kept')]);
});
