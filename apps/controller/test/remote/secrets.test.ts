/** Every token that the configuration knows, searched for in all that leaves the process. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Recording } from '@bulk-transcribe/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { Browser, startTestApp } from '../http/test-app.ts';
import { ADMIN_TOKEN, REMOTE } from './admin-client.ts';
import { listen, marked, pinging } from './foreign-server.ts';

const tokens = {
  env: 'token-of-the-environment',
  further: 'token-of-a-further-worker',
  saved: 'token-that-is-saved',
  tried: 'token-that-is-tried',
  added: 'token-that-is-added',
};

/** What the session's stream tells from its beginning to the job. */
async function eventsOf(browser: Browser): Promise<string> {
  const closing = new AbortController();
  const answer = await browser.fetch('/api/events', { headers: { 'last-event-id': '0' }, signal: closing.signal });
  let text = '';
  for await (const bytes of answer.body ?? []) {
    text += Buffer.from(bytes).toString();
    if (text.includes('"type":"job"')) break;
  }
  closing.abort();
  expect(text).toContain('a.wav');
  return text;
}

test('a token is in no answer, event, log line, error, metric or file but its own', async () => {
  const DATA_ROOT = await mkdtemp(path.join(tmpdir(), 'secrets-'));
  onTestFinished(() => rm(DATA_ROOT, { recursive: true, force: true }));
  const app = await startTestApp({
    ...{ ADMIN_TOKEN, DATA_ROOT, WORKER_TOKEN: tokens.env },
    REMOTE_WORKERS: `further|https://further.example|${tokens.further}`,
  });
  onTestFinished(() => app.close());
  const said: string[] = [];
  const ask = async (target: string, init: RequestInit = {}) => {
    const answer = await fetch(app.url + target, init);
    said.push(JSON.stringify([...answer.headers]), await answer.text());
  };
  const admin = (target: string, body?: unknown, token = ADMIN_TOKEN) =>
    ask(`/api/admin${target}`, {
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'x-admin-token': token, ...(body !== undefined && { 'content-type': 'application/json' }) },
    });
  const { url } = await pinging();
  // One that tells in its error what it was given.
  const echoing = await listen((request, response) => {
    const error = { code: 'internal', message: `You sent ${request.headers.authorization}.` };
    response.writeHead(500, marked).end(JSON.stringify({ error }));
  });
  await admin(REMOTE, { url, token: tokens.saved, mode: 'optional' });
  for (const body of [
    ...[{}, { url }, { url, token: tokens.tried }, { url: echoing.url, token: tokens.tried }, { url: 'https://127.0.0.1:1', token: tokens.tried }],
    ...[
      { token: `${tokens.tried}\nx` },
      { token: [tokens.tried] },
      { url: `https://u:${tokens.tried}@x.example` },
      { [tokens.tried.slice(0, 5)]: 1 },
    ],
    ...[{ url: 'https://x.example', token: `${tokens.tried} x` }, { url: 'https://x.example' }],
  ]) {
    await admin(`${REMOTE}/test`, body);
  }
  await admin(REMOTE, { token: `${tokens.tried}\u0000` });
  await admin(REMOTE);
  await admin(REMOTE, undefined, 'wrong');
  await admin('/overview');
  await admin('/remote-workers', { name: 'added', url: echoing.url, token: tokens.added });
  await admin('/remote-workers', { name: 'added', url: echoing.url, token: tokens.added });
  await admin('/remote-workers/added/test', {});
  await admin('/remote-workers');
  await admin('/nothing');
  for (const target of ['/metrics', '/api/system', '/api/jobs', '/readyz', '/docs/json', '/admin']) await ask(target);
  const ann = new Browser(app.url);
  said.push(JSON.stringify(await ann.json('/api/system')));
  const recording = await ann.upload<Recording>('a.wav', 'bytes');
  await ann.post('/api/jobs', { recordingIds: [recording.body.id] });
  said.push(await eventsOf(ann));

  expect(said.join('')).toContain('You sent Bearer [token].');
  const texts = [...said, ...app.logLines];
  expect(said.length).toBeGreaterThan(40);
  for (const token of [...Object.values(tokens), ADMIN_TOKEN])
    expect(
      texts.filter((text) => text.includes(token)),
      token,
    ).toEqual([]);
  const entries = (await readdir(DATA_ROOT, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const files = await Promise.all(
    entries.map(async ({ parentPath, name }) => [name, await readFile(path.join(parentPath, name), 'latin1')] as const),
  );
  const holders = (token: string) => files.filter(([, text]) => text.includes(token)).map(([name]) => name);
  expect([...Object.values(tokens), ADMIN_TOKEN].map(holders)).toEqual([[], [], ['remote_worker.json'], [], ['remote_workers.json'], []]);
});
