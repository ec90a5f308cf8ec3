import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { ErrorBody, Recording } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRecordingFiles } from '../../src/recordings/recording-files.ts';
import { Browser, startTestApp, type TestApp } from '../http/test-app.ts';

const MAX = 1_000_000;

describe('uploading a recording', () => {
  let app: TestApp;
  let ann: Browser;
  beforeAll(async () => {
    app = await startTestApp({ MAX_UPLOAD_BYTES: String(MAX) });
    ann = new Browser(app.url);
    await ann.fetch('/api/system');
  });
  afterAll(() => app.close());

  const files = () => readdir(path.join(app.dataRoot, 'recordings'));
  const chunked = (bytes: Buffer) => ({
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: ReadableStream.from([bytes.subarray(0, 100), bytes.subarray(100)]),
    duplex: 'half' as const,
  });

  it('keeps the bytes, their size and their hash, whatever the name', async () => {
    const bytes = randomBytes(MAX);
    const name = '../../etc/passwd "ü" 録音.mp3';
    const { status, body } = await ann.upload<Recording>(name, bytes);
    expect(status).toBe(201);
    expect(body).toMatchObject({ name, size: MAX, sha256: createHash('sha256').update(bytes).digest('hex') });
    expect(await readFile(path.join(app.dataRoot, 'recordings', body.id))).toEqual(bytes);
  });

  it('takes a body without announced length', async () => {
    const { status, body } = await ann.json<Recording>('/api/recordings?name=a', chunked(randomBytes(5000)));
    expect([status, body.size]).toEqual([201, 5000]);
  });

  it('refuses an announced length that is too large before it reads', async () => {
    const before = await files();
    const { port } = new URL(app.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `POST /api/recordings?name=a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nContent-Length: ${MAX + 1}\r\n\r\n`,
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer.toString()).toContain('payload_too_large');
    expect(await files()).toEqual(before);
  });

  it('refuses a body that turns out too large, in words, and keeps nothing', async () => {
    const before = await files();
    const { status, body } = await ann.json<ErrorBody>('/api/recordings?name=a', chunked(randomBytes(MAX + 1)));
    expect([status, body.error.code]).toEqual([413, 'payload_too_large']);
    expect(await files()).toEqual(before);
  });

  it('refuses an empty file, and keeps nothing', async () => {
    const before = await files();
    const { status, body } = await ann.upload<ErrorBody>('a.wav', '');
    expect([status, body.error.code]).toEqual([422, 'media_empty']);
    expect(await files()).toEqual(before);
  });

  it('refuses another content type, and a missing name', async () => {
    const typed = await ann.json<ErrorBody>('/api/recordings?name=a', { method: 'POST', headers: { 'content-type': 'audio/wav' }, body: 'x' });
    expect([typed.status, typed.body.error.code]).toEqual([415, 'unsupported_media_type']);
    const nameless = await ann.json<ErrorBody>('/api/recordings', {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: 'x',
    });
    expect([nameless.status, nameless.body.error.field]).toEqual([400, 'name']);
  });

  it('keeps nothing of an upload that is broken off', async () => {
    const before = await files();
    const sent = request(`${app.url}/api/recordings?name=a`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', 'content-length': '5000' },
    });
    sent.on('error', () => undefined);
    sent.write(randomBytes(1000));
    const folder = path.join(app.dataRoot, 'recordings');
    await expect.poll(() => readdir(folder)).toContainEqual(expect.stringMatching(/\.partial$/));
    sent.destroy();
    await expect.poll(() => readdir(folder)).toEqual(before);
    expect(app.logLines.join('')).not.toContain('"level":"error"');
  });
});

describe('playing a recording', () => {
  let app: TestApp;
  let ann: Browser;
  let media: string;
  let bytes: Buffer;
  beforeAll(async () => {
    app = await startTestApp();
    ann = new Browser(app.url);
    const { body } = await ann.json<Recording>('/api/recordings/sample', { method: 'POST' });
    media = `/api/recordings/${body.id}/media`;
    bytes = await readFile(sampleRecording.path);
  });
  afterAll(() => app.close());

  it('gives the whole file', async () => {
    const response = await ann.fetch(media);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'audio/mpeg',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'content-disposition': 'inline; filename="Kennedy inaugural address (sample).mp3"',
    });
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it.each([
    ['bytes=0-99', 0, 100],
    ['bytes=1000-', 1000, undefined],
    ['bytes=-50', -50, undefined],
  ])('gives the part %s', async (range, start, end) => {
    const response = await ann.fetch(media, { headers: { range } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-type')).toBe('audio/mpeg');
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes.subarray(start, end))).toBe(true);
  });

  it('answers 416 to a part beyond the end', async () => {
    const response = await ann.fetch(media, { headers: { range: `bytes=${bytes.length}-` } });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe(`bytes */${bytes.length}`);
  });

  it('never plays a page', async () => {
    const { body } = await ann.upload<Recording>('talk.html', '<!doctype html><script>alert(1)</script>');
    const response = await ann.fetch(`/api/recordings/${body.id}/media`);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('the files of recordings', () => {
  it('leave nothing behind when the signal aborts while bytes are awaited', async () => {
    const dataRoot = await mkdtemp(path.join(tmpdir(), 'files-'));
    const store = await openRecordingFiles({ dataRoot, maxBytes: MAX });
    const stop = new AbortController();
    const bytes = new Readable({ read: () => undefined });
    bytes.push('some');
    const stored = store.store({ bytes, expectedSize: undefined, signal: stop.signal });
    stop.abort(new Error('stop now'));
    await expect(stored).rejects.toThrow('stop now');
    expect(await readdir(store.folder)).toEqual([]);
    await rm(dataRoot, { recursive: true });
  });

  it('lose at start what is unfinished or nobody owns, and nothing else', async () => {
    const dataRoot = await mkdtemp(path.join(tmpdir(), 'files-'));
    const store = await openRecordingFiles({ dataRoot, maxBytes: MAX });
    const put = async () =>
      (await store.store({ bytes: Readable.from([Buffer.from('x')]), expectedSize: 1, signal: new AbortController().signal })).id;
    const [owned, orphan] = [await put(), await put()];
    await writeFile(store.path(`${orphan}.partial`), 'half');
    await writeFile(store.path('.keep-me'), '');
    expect(await store.removeOrphans(async (ids) => new Set(ids.filter((id) => id === owned)))).toBe(2);
    expect((await readdir(store.folder)).sort()).toEqual(['.keep-me', owned]);
    await rm(dataRoot, { recursive: true });
  });

  it('say how much room there is where a recording would not fit', async () => {
    const dataRoot = await mkdtemp(path.join(tmpdir(), 'files-'));
    const store = await openRecordingFiles({ dataRoot, maxBytes: Number.MAX_SAFE_INTEGER });
    const huge = { bytes: Readable.from(['x']), expectedSize: 1e15, signal: new AbortController().signal };
    await expect(store.store(huge)).rejects.toMatchObject({
      code: 'disk_full',
      message: expect.stringMatching(/needs 1,000,000,000 MB.* has .* MB left/),
    });
    await rm(dataRoot, { recursive: true });
  });
});
