import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import type { Recording } from '@bulk-transcribe/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRecordingFiles } from '../../src/recordings/recording-files.ts';
import { Uploads } from '../../src/uploads/uploads.ts';
import { quiet } from '../database/template.ts';
import { startTestApp, type TestApp } from '../http/test-app.ts';
import { metadata, refused, sha256, TusBrowser } from './tus-browser.ts';

const TOKEN = 'a-token-for-the-tests-0123456789';
const MAX = 1e15;
const bytes = randomBytes(300_000);

describe('a resumable upload', () => {
  let app: TestApp;
  let ann: TusBrowser;
  beforeAll(async () => {
    app = await startTestApp({ API_TOKENS: TOKEN, MAX_UPLOAD_BYTES: String(MAX) });
    ann = new TusBrowser(app.url);
    await ann.fetch('/api/system');
  });
  afterAll(() => app.close());

  const uploads = () => readdir(path.join(app.dataRoot, 'uploads'));
  const stored = (id: string) => path.join(app.dataRoot, 'recordings', id);
  const fresh = async (): Promise<TusBrowser> => {
    const browser = new TusBrowser(app.url);
    await browser.fetch('/api/system');
    return browser;
  };

  it('says what it offers', async () => {
    const answer = await ann.fetch('/api/uploads', { method: 'OPTIONS' });
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'tus-version': '1.0.0',
      'tus-resumable': '1.0.0',
      'tus-extension': 'creation,termination,expiration',
      'tus-max-size': String(MAX),
    });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('goes on from where it stopped, and becomes a recording with its id', async () => {
    const address = await ann.begun(bytes.length, { filename: 'talk.wav', sha256: sha256(bytes) });
    expect((await ann.send(address, 0, bytes.subarray(0, 100_000))).headers.get('upload-offset')).toBe('100000');
    const asked = await ann.ask(address);
    expect([asked.status, asked.headers.get('upload-offset'), asked.headers.get('upload-length')]).toEqual([200, '100000', String(bytes.length)]);
    expect((await ann.send(address, 100_000, bytes.subarray(100_000))).status).toBe(204);
    const recording = await ann.recording(address);
    expect(recording).toMatchObject({ id: address.split('/').at(-1), name: 'talk.wav', size: bytes.length, sha256: sha256(bytes) });
    expect(await readFile(stored(recording.id))).toEqual(bytes);
    expect(await uploads()).toEqual([]);
  });

  it('goes with everything else of its session, and only of its session', async () => {
    const [one, other] = [await fresh(), await fresh()];
    const [mine, theirs] = [await one.begun(5), await other.begun(5)];
    expect((await one.fetch('/api/session/data', { method: 'DELETE' })).status).toBe(204);
    expect([(await one.ask(mine)).status, (await other.ask(theirs)).status]).toEqual([404, 200]);
    await other.giveUp(theirs);
    expect(await uploads()).toEqual([]);
  });

  it('answers complete when the last answer was lost, and is one recording however often it is asked', async () => {
    const browser = await fresh();
    const recording = await browser.sent(bytes);
    const address = `/api/uploads/${recording.id}`;
    for (const _ of [1, 2]) expect((await browser.ask(address)).headers.get('upload-offset')).toBe(String(bytes.length));
    expect(await browser.unused()).toEqual([recording]);
    expect((await browser.giveUp(address)).status).toBe(404);
    expect((await browser.recording(address)).id).toBe(recording.id);
  });

  it('keeps what arrived of a connection that is cut', async () => {
    const address = await ann.begun(bytes.length);
    const { port } = new URL(app.url);
    const socket = connect(Number(port), '127.0.0.1');
    const head = [
      `PATCH ${address} HTTP/1.1`,
      'Host: localhost',
      `Cookie: ${ann.cookie}`,
      'Tus-Resumable: 1.0.0',
      'Upload-Offset: 0',
      'Content-Type: application/offset+octet-stream',
      `Content-Length: ${bytes.length}`,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    socket.write(bytes.subarray(0, 200_000));
    const file = path.join(app.dataRoot, address.replace('/api/', ''));
    await expect.poll(() => statSync(file).size).toBe(200_000);
    socket.destroy();
    expect((await ann.ask(address)).headers.get('upload-offset')).toBe('200000');
    expect((await ann.send(address, 200_000, bytes.subarray(200_000))).status).toBe(204);
    expect(await ann.recording(address)).toMatchObject({ sha256: sha256(bytes) });
    expect(app.logLines.join('')).not.toContain('"level":"error"');
  });

  it('takes bytes only where the last ones ended', async () => {
    const address = await ann.begun(bytes.length);
    expect(await refused(ann.send(address, 5, bytes))).toMatchObject({ status: 409, code: 'input_offset' });
    expect(await refused(ann.send(address, 0, randomBytes(bytes.length + 1)))).toMatchObject({ status: 413, code: 'payload_too_large' });
    expect((await ann.ask(address)).headers.get('upload-offset')).toBe('0');
    expect((await ann.giveUp(address)).status).toBe(204);
  });

  it('is gone when it is given up', async () => {
    const address = await ann.begun(bytes.length);
    await ann.send(address, 0, bytes.subarray(0, 1000));
    expect((await ann.giveUp(address)).status).toBe(204);
    expect((await ann.ask(address)).status).toBe(404);
    expect(await refused(ann.send(address, 1000, bytes.subarray(1000)))).toMatchObject({ status: 404, code: 'not_found' });
    expect(await uploads()).toEqual([]);
  });

  it('does not exist for another session, half or whole', async () => {
    const bob = await fresh();
    const half = await ann.begun(bytes.length);
    const whole = `/api/uploads/${(await ann.sent(randomBytes(1000))).id}`;
    for (const address of [half, whole]) {
      expect((await bob.ask(address)).status).toBe(404);
      expect(await refused(bob.send(address, 0, bytes))).toMatchObject({ status: 404, code: 'not_found' });
      expect(await refused(bob.giveUp(address))).toMatchObject({ status: 404, code: 'not_found' });
    }
    expect((await ann.ask(half)).headers.get('upload-offset')).toBe('0');
    await ann.giveUp(half);
  });

  it('works with an API token, in that token’s session', async () => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'tus-resumable': '1.0.0' };
    const begun = await fetch(`${app.url}/api/uploads`, {
      method: 'POST',
      headers: { ...headers, 'upload-length': '5', 'upload-metadata': metadata({ filename: 'a.wav' }) },
    });
    const address = app.url + (begun.headers.get('location') ?? '');
    const type = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };
    expect((await fetch(address, { method: 'PATCH', headers: { ...headers, ...type }, body: 'bytes' })).status).toBe(204);
    const list = (await (await fetch(`${app.url}/api/recordings`, { headers })).json()) as Recording[];
    expect(list.map(({ name }) => name)).toEqual(['a.wav']);
  });

  it('is refused to a page of another site', async () => {
    const origin = { origin: 'https://elsewhere.example' };
    const address = await ann.begun(5);
    expect(await refused(ann.send(address, 0, Buffer.from('bytes'), origin))).toMatchObject({ status: 403, code: 'forbidden_origin' });
    expect((await ann.ask(address)).headers.get('upload-offset')).toBe('0');
    await ann.giveUp(address);
  });

  it('keeps a name as data, whatever it looks like', async () => {
    const filename = '../../etc/passwd "ü" 録音.mp3';
    expect(await ann.sent(randomBytes(100), { filename })).toMatchObject({ name: filename });
    const before = await uploads();
    for (const wrong of [{ filename: '' }, { filename: 'x'.repeat(1001) }, { other: 'x' }]) {
      expect(await refused(ann.begin(5, wrong as Record<string, string>))).toMatchObject({ status: 400, code: 'invalid_request', field: 'filename' });
    }
    expect(await refused(ann.begin(5, { filename: 'a', sha256: 'no' }))).toMatchObject({ status: 400, field: 'sha256' });
    expect(await uploads()).toEqual(before);
  });

  it('is refused before its first byte where it is empty, too large or does not fit on the disk', async () => {
    expect(await refused(ann.begin(0))).toMatchObject({ status: 422, code: 'media_empty' });
    expect(await refused(ann.begin(MAX + 1))).toMatchObject({ status: 413, code: 'payload_too_large' });
    const full = await refused(ann.begin(MAX));
    expect(full).toMatchObject({ status: 507, code: 'disk_full', message: expect.stringMatching(/needs [\d,]+ MB.* has .* MB left/) });
    expect(await uploads()).toEqual([]);
  });

  it('speaks one version of the protocol, and says which', async () => {
    const answer = await ann.fetch('/api/uploads', { method: 'POST', headers: { 'tus-resumable': '0.2.2', 'upload-length': '5' } });
    expect([answer.status, answer.headers.get('tus-version')]).toEqual([412, '1.0.0']);
  });

  it('is not taken when its bytes are not those that were announced', async () => {
    const address = await ann.begun(bytes.length, { filename: 'a.wav', sha256: sha256(randomBytes(5)) });
    expect(await refused(ann.send(address, 0, bytes))).toMatchObject({ status: 422, code: 'input_corrupt' });
    expect((await ann.ask(address)).status).toBe(404);
    expect(await uploads()).toEqual([]);
  });

  it('of known bytes needs no bytes, and takes the room once; each recording can be deleted alone', async () => {
    const browser = await fresh();
    const first = await browser.sent(bytes, { filename: 'first.wav' });
    const known = await browser.post<Recording>('/api/recordings/known', { sha256: sha256(bytes), size: bytes.length, name: 'second.wav' });
    expect(known).toMatchObject({ status: 201, body: { name: 'second.wav', size: bytes.length, sha256: sha256(bytes) } });
    const third = await browser.sent(bytes, { filename: 'third.wav' });
    expect((await browser.unused()).map(({ name }) => name)).toEqual(['first.wav', 'second.wav', 'third.wav']);
    expect(new Set([first, known.body, third].map(({ id }) => statSync(stored(id)).ino)).size).toBe(1);
    await browser.fetch(`/api/recordings/${first.id}`, { method: 'DELETE' });
    expect(existsSync(stored(first.id))).toBe(false);
    expect(await readFile(stored(known.body.id))).toEqual(bytes);
  });

  it('of bytes that only another session holds is not known', async () => {
    const secret = randomBytes(1000);
    await ann.sent(secret);
    const asked = await (await fresh()).post('/api/recordings/known', { sha256: sha256(secret), size: secret.length, name: 'a' });
    expect(asked).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
  });
});

describe('the quota of a session', () => {
  let app: TestApp;
  let ann: TusBrowser;
  beforeAll(async () => {
    app = await startTestApp({ SESSION_QUOTA_BYTES: '1000' });
    ann = new TusBrowser(app.url);
    await ann.fetch('/api/system');
  });
  afterAll(() => app.close());

  it('counts recordings and half uploads, the same bytes once, and nobody else’s', async () => {
    const small = randomBytes(400);
    await ann.sent(small);
    const half = await ann.begun(300);
    expect(await refused(ann.begin(301))).toEqual({
      status: 507,
      code: 'quota_exceeded',
      message: 'The recording needs 301 bytes; of your 1,000 bytes, 300 bytes are left.',
    });
    const known = await ann.post('/api/recordings/known', { sha256: sha256(small), size: 400, name: 'again' });
    expect(known.status).toBe(201);
    expect((await ann.upload('plain.wav', randomBytes(301))).body).toMatchObject({ error: { code: 'quota_exceeded' } });
    await ann.giveUp(half);
    expect((await ann.upload('plain.wav', randomBytes(600))).status).toBe(201);
    expect(await refused(ann.begin(1))).toMatchObject({ code: 'quota_exceeded' });
    const bob = new TusBrowser(app.url);
    await bob.fetch('/api/system');
    expect((await bob.begin(1000)).status).toBe(201);
  });

  it('holds when several uploads begin at once', async () => {
    const eve = new TusBrowser(app.url);
    await eve.fetch('/api/system');
    const answers = await Promise.all(Array.from({ length: 8 }, () => eve.begin(400)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, ...Array(6).fill(507)]);
  });

  it('holds for a body without announced length', async () => {
    const dan = new TusBrowser(app.url);
    await dan.fetch('/api/system');
    const body = ReadableStream.from([randomBytes(1001)]);
    const init = { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body, duplex: 'half' } as RequestInit;
    expect(await refused(dan.fetch('/api/recordings?name=a', init))).toMatchObject({ code: 'quota_exceeded' });
    expect(await dan.unused()).toEqual([]);
  });
});

describe('half uploads', () => {
  it('expire counted from their last byte, whole ones do not', async () => {
    const app = await startTestApp({ UPLOAD_EXPIRY_MS: '60000' });
    const ann = new TusBrowser(app.url);
    await ann.fetch('/api/system');
    const [old, young] = [await ann.begun(10), await ann.begun(10)];
    const whole = await ann.sent(randomBytes(10));
    const file = path.join(app.dataRoot, old.replace('/api/', ''));
    await utimes(file, new Date(), new Date(Date.now() - 61_000));
    expect(await refused(ann.send(old, 0, randomBytes(10)))).toMatchObject({ status: 404, code: 'not_found' });
    expect(await app.uploads.removeExpired()).toBe(1);
    expect(existsSync(file)).toBe(false);
    expect((await ann.ask(young)).headers.get('upload-offset')).toBe('0');
    expect(await ann.unused()).toEqual([whole]);
    await app.close();
  });

  it('that were killed at their end become a recording at the next start, once; those that lost their bytes expire', async () => {
    const app = await startTestApp();

    const { dataRoot, jobs } = app;
    const files = await openRecordingFiles({ dataRoot, maxBytes: 1e9 });
    const folder = path.join(dataRoot, 'uploads');
    const record = async (name: string) => {
      const id = randomUUIDv7();
      const text = JSON.stringify({ id, sessionId: 'mine', name, size: bytes.length, sha256: sha256(bytes), createdAt: new Date().toISOString() });
      await writeFile(path.join(folder, `${id}.json`), text);
      return id;
    };
    const [arrived, moved, rowed, half] = [await record('arrived'), await record('moved'), await record('rowed'), await record('half')];
    await writeFile(path.join(folder, arrived), bytes);
    await writeFile(files.path(moved), bytes);
    await writeFile(files.path(rowed), bytes);
    await jobs.addRecording('mine', { id: rowed, name: 'rowed', size: bytes.length, sha256: sha256(bytes) });
    await writeFile(path.join(folder, half), bytes.subarray(0, 5));
    await writeFile(path.join(folder, `${randomUUIDv7()}.json.tmp`), '{');
    for (const _ of [1, 2]) (await Uploads.open({ dataRoot, jobs, files, quotaBytes: 0, expiryMs: 60_000, log: quiet })).close();
    expect(await files.removeOrphans((ids) => jobs.existingRecordings(ids))).toBe(0);
    expect((await jobs.unusedRecordings('mine')).map(({ id }) => id).sort()).toEqual([arrived, moved, rowed].sort());
    for (const id of [arrived, moved, rowed]) expect(await readFile(files.path(id))).toEqual(bytes);
    expect((await readdir(folder)).sort()).toEqual([half, `${half}.json`]);
    await rm(dataRoot, { recursive: true });
    await app.close();
  });
});
