/** Pulled jobs and the bucket: recordings out of it, files into it, results that are too large to be sent. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { openBucket, type ResultBucket } from '@bulk-transcribe/bucket';
import { AppError, JobOutput } from '@bulk-transcribe/protocol';
import { Value } from '@sinclair/typebox/value';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { S3Server, s3Keys } from '../../../../packages/bucket/test/s3-server.ts';
import { systemClock } from '../../src/life/clock.ts';
import { jobBucket } from '../../src/pull/job-bucket.ts';
import { JobFolder } from '../../src/pull/job-folder.ts';
import { temporaryFolder } from '../run-worker.ts';
import { pullOne, scripted } from './one-job-server.ts';

let s3: S3Server;
let bucket: ResultBucket;
beforeAll(async () => {
  s3 = await S3Server.start(['ours', 'theirs']);
  bucket = openBucket({ endpoint: s3.url, ...s3Keys, name: 'ours', region: '', prefix: '' });
});
afterAll(async () => {
  bucket[Symbol.dispose]();
  await s3.remove();
});

const speech = scripted('windows=1,text=Said_here.');
const pathOf = (link: string | undefined) => new URL(link ?? '').pathname;

describe('a pulled job', () => {
  it('hears a recording of the bucket', async () => {
    await bucket.put({ key: 'in/speech.wav', body: 'fake{windows=1,text=From_the_bucket.}', contentType: 'audio/wav' });
    const { end } = await pullOne({ id: 'job-1', input: { audio_key: 'in/speech.wav' } }, { bucket });
    expect(end.output?.transcription).toBe('From the bucket.');
  });

  it('says that there is no such recording, or no bucket', async () => {
    expect((await pullOne({ id: 'job-2', input: { audio_key: 'nothing' } }, { bucket })).end.error).toContain('(not_found)');
    expect((await pullOne({ id: 'job-3', input: { audio_key: 'a' } })).end.error).toContain('audio_key');
  });

  it('stores the files that it asks for', async () => {
    const { end } = await pullOne({ id: 'job-4', input: { ...speech, formats: ['srt', 'json'] } }, { bucket });
    expect(Object.keys(end.output?.links ?? {})).toEqual(['srt', 'json']);
    expect(pathOf(end.output?.links?.['srt'])).toBe('/ours/job-4/transcript.srt');
  });

  it('sends what is too large by its links alone, the transcript among them, whatever was asked for', async () => {
    const input = { ...speech, formats: ['srt'] };
    const { end } = await pullOne({ id: 'job-5', input }, { bucket, settings: { maxResultBytes: 300 } });
    expect(end.output).toMatchObject({ segments: [], transcription: '', links: { srt: expect.any(String), json: expect.any(String) } });
    expect(Value.Check(JobOutput, end.output)).toBe(true);
    expect(await (await fetch(end.output?.links?.['json'] ?? '')).json()).toMatchObject({ segments: [{ text: 'Said here.' }] });
  });

  it('that is too large fails where there is no bucket', async () => {
    const { end } = await pullOne({ id: 'job-6', input: speech }, { settings: { maxResultBytes: 300 } });
    expect(end.error).toMatch(/more than the 300 of MAX_RESULT_BYTES.*\(payload_too_large\)/);
  });

  it('keeps its transcript where the bucket refuses the files, and says why there are no links', async () => {
    using wrong = openBucket({
      endpoint: s3.url,
      accessKeyId: s3Keys.accessKeyId,
      secretAccessKey: 'wrong-secret',
      name: 'ours',
      region: '',
      prefix: '',
    });
    const { end } = await pullOne({ id: 'job-7', input: speech }, { bucket: wrong });
    expect(end.output).toMatchObject({ transcription: 'Said here.', links_error: expect.stringContaining('refused') });
    expect(JSON.stringify(end)).not.toContain('wrong-secret');
  });

  it('puts its files into the bucket that it brings along, in its place', async () => {
    const s3Config = { accessId: s3Keys.accessKeyId, accessSecret: s3Keys.secretAccessKey, bucketName: 'theirs', endpointUrl: s3.url };
    const { end } = await pullOne({ id: 'job-8', input: speech, s3Config }, { bucket, settings: { allowInsecureAudio: true } });
    expect(pathOf(end.output?.links?.['txt'])).toBe('/theirs/job-8/transcript.txt');
  });

  it('keeps the keys of its bucket on disk until its work is done, no longer', async () => {
    const root = await temporaryFolder();
    const folder = await JobFolder.create(root, { id: 'job-9', input: speech, s3Config: { accessSecret: 'SECRET' } });
    const onDisk = () => readFile(path.join(path.dirname(folder.audioPath), 'job.json'), 'utf8');
    expect(await onDisk()).toContain('SECRET');
    await folder.end({ body: '{}', isStream: false });
    expect(await onDisk()).not.toContain('SECRET');
  });
});

describe('the bucket that a job brings along', () => {
  const options = { own: null, allowInsecure: false, clock: systemClock, log: pino({ level: 'silent' }), signal: new AbortController().signal };
  const given = { accessId: 'AK', accessSecret: 'SECRET', bucketName: 'bucket', endpointUrl: 'https://s3.example' };

  it.each<[string, object]>([
    ['s3Config.bucketName', { ...given, bucketName: 'a/b' }],
    ['s3Config.accessSecret', { ...given, accessSecret: 7 }],
    ['s3Config', { ...given, endpointUrl: 'http://s3.example' }],
    ['s3Config', { ...given, endpointUrl: 'https://169.254.169.254' }],
  ])('is refused by %s, and never by its keys', (field, config) => {
    expect(() => jobBucket(config, options)).toThrow(expect.objectContaining({ code: 'invalid_request', field }));
    expect(() => jobBucket(config, options)).not.toThrow(/SECRET/);
  });

  it('signs links for where it lies', async () => {
    using opened = jobBucket(given, options);
    expect(new URL((await opened?.link('job-1/t.json')) ?? '').pathname).toBe('/bucket/job-1/t.json');
  });

  it('is not asked where its name leads into a private network', async () => {
    using opened = jobBucket({ ...given, endpointUrl: 'https://localhost:1' }, options);
    await expect(opened?.read('a')).rejects.toThrow(AppError);
    await expect(opened?.read('a')).rejects.toMatchObject({ code: 'invalid_request' });
  });
});
