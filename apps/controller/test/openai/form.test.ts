/** The form of a transcription as any program may send it. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestApp, type TestApp, transcriptOf } from '../http/test-app.ts';

describe('the form', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
    app.jobs.work = (task) => app.jobs.succeed(task.id, transcriptOf('Ask not.'));
  });
  afterAll(() => app.close());

  const send = async (body: FormData | string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${app.url}/v1/audio/transcriptions`, { method: 'POST', body, headers });
    return { status: response.status, body: (await response.json()) as { text?: string; error?: { code: string; param: string | null } } };
  };
  const form = (...entries: [string, string | Blob][]) => {
    const data = new FormData();
    for (const [name, value] of entries) typeof value === 'string' ? data.append(name, value) : data.append(name, value, 'a.wav');
    return data;
  };
  const file: [string, Blob] = ['file', new Blob(['bytes'])];

  it('may name its fields after the file, twice, or empty, and bring fields nobody knows', async () => {
    const { status, body } = await send(
      form(file, ['model', ''], ['vad_filter', 'true'], ['temperature', ''], ['language', 'de'], ['language', 'en']),
    );
    expect([status, body.text]).toEqual([200, 'Ask not.']);
  });

  it('may come without a key', async () => {
    expect((await send(form(['response_format', 'json'], file))).status).toBe(200);
  });

  it.each([
    ['no file', form(['model', 'whisper-1']), 'invalid_request', 'file'],
    ['two files', form(file, file), 'invalid_request', 'file'],
  ])('needs one file: %s', async (_what, body, code, param) => {
    const answer = await send(body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ code, param });
  });

  it('does not write a second file before it refuses it', async () => {
    const store = vi.spyOn(app.files, 'store');
    await send(form(file, file, file));
    expect(store).toHaveBeenCalledOnce();
    store.mockRestore();
  });

  it('may not fill the memory with fields', async () => {
    const many = form(file, ...Array.from({ length: 201 }, (_, index): [string, string] => [`field${index}`, 'x']));
    expect((await send(many)).body.error).toMatchObject({ code: 'invalid_request' });
    const large = form(file, ...Array.from({ length: 17 }, (_, index): [string, string] => [`field${index}`, 'x'.repeat(1_000_000)]));
    expect((await send(large)).body.error).toMatchObject({ code: 'invalid_request' });
  });

  it('is refused when it is not one', async () => {
    expect((await send('{}', { 'content-type': 'application/json' })).body.error?.code).toBe('unsupported_media_type');
    expect((await send('nonsense', { 'content-type': 'multipart/form-data; boundary=x' })).body.error?.code).toBe('invalid_request');
    expect((await send('nonsense', { 'content-type': 'multipart/form-data' })).body.error?.code).toBe('invalid_request');
  });

  it('leaves no file behind, whatever went wrong', async () => {
    expect(await readdir(path.join(app.dataRoot, 'recordings'))).toEqual([]);
    expect(app.jobs.recordings.size).toBe(0);
  });
});
