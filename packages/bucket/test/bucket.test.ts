/** Against a real S3 server, and what RunPod's client has done with these variables. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BucketOptions, openBucket } from '../src/bucket.ts';
import { monthlyName } from '../src/monthly-name.ts';
import { regionOf } from '../src/region.ts';
import { S3Server, s3Keys } from './s3-server.ts';

let server: S3Server;
beforeAll(async () => {
  server = await S3Server.start(['12-22', monthlyName(new Date())]);
});
afterAll(() => server.remove());

const options = (change: Partial<BucketOptions> = {}): BucketOptions => ({
  endpoint: server.url,
  ...s3Keys,
  name: '',
  region: '',
  prefix: '',
  ...change,
});
const json = (key: string, body: string) => ({ key, body, contentType: 'application/json' });
/** Larger than two parts, and no two parts alike. */
const large = Buffer.concat(Array.from({ length: 300_000 }, (_, i) => createHash('sha256').update(String(i)).digest())).subarray(0, 9_000_000);

interface Row {
  readonly id: string;
  readonly given: { readonly localDate?: string };
  readonly expect: { readonly put?: { bucket: string; key: string }[]; readonly bucket?: string; readonly presign?: { expiresSeconds: number } };
}
const vector = readFileSync(new URL('./vectors/early-s3.json', import.meta.url), 'utf8');
const { cases } = JSON.parse(vector) as { cases: Row[] };
const rowOf = (id: string): Row => {
  const row = cases.find((candidate) => candidate.id === id);
  if (!row) throw new Error(`The vector has no row ${id}.`);
  return row;
};
const on = (row: Row) => ({ today: () => new Date(`${row.given.localDate}T12:00:00`) });

describe('the rows of early-s3', () => {
  const namesAlike = ['today-image', 'today-file'];

  it('are the file whose hash ORIGIN.md names', () => {
    const hash = createHash('sha256').update(vector).digest('hex');
    expect(readFileSync(new URL('./vectors/ORIGIN.md', import.meta.url), 'utf8')).toContain(`\`early-s3.json\` | \`${hash}\``);
  });

  it('are tested here, but the one that jobs bring along', () => {
    // The worker's: apps/worker/test/pull/job-bucket.test.ts.
    const elsewhere = ['request-s3config'];
    expect(['upload', ...namesAlike, ...elsewhere].toSorted()).toEqual(cases.map(({ id }) => id).toSorted());
  });

  it('upload: into the bucket of the month, with a link of seven days by signature version 4', async () => {
    const row = rowOf('upload');
    using bucket = openBucket(options(on(row)));
    await bucket.put({ key: row.expect.put?.[0]?.key ?? '', body: 'x', contentType: 'image/png' });
    const url = new URL(await bucket.link('job-1/0.png'));
    expect(url.pathname).toBe(`/${row.expect.put?.[0]?.bucket}/job-1/0.png`);
    expect(url.searchParams.get('X-Amz-Expires')).toBe(String(row.expect.presign?.expiresSeconds));
    expect(url.searchParams.get('X-Amz-Algorithm')).toBe('AWS4-HMAC-SHA256');
    expect((await fetch(url)).headers.get('content-type')).toBe('image/png');
  });

  it.each(namesAlike)('%s: the bucket is named alike today', (id) => {
    expect(monthlyName(on(rowOf(id)).today())).toBe(rowOf(id).expect.bucket);
  });
});

describe('a bucket', () => {
  it('gives back what it was given, to whoever has the link', async () => {
    using bucket = openBucket(options({ prefix: 'transcripts/' }));
    await bucket.put(json('a/ü b.json', '{"text":"привет"}'));
    const link = await bucket.link('a/ü b.json');
    const answer = await fetch(link);
    expect([answer.status, await answer.text()]).toEqual([200, '{"text":"привет"}']);
    expect(new URL(link).pathname).toContain('/transcripts/a/');
    const { body, size } = await bucket.read('a/ü b.json');
    expect([await text(body), size]).toEqual(['{"text":"привет"}', Buffer.byteLength('{"text":"привет"}')]);
    expect(await bucket.sizeOf('nothing')).toBeNull();
  });

  it('takes a stream of unknown length in parts', async () => {
    using bucket = openBucket(options());
    const pieces = Array.from({ length: 90 }, (_, i) => large.subarray(i * 100_000, (i + 1) * 100_000));
    await bucket.put({ key: 'large', body: Readable.from(pieces), contentType: 'application/octet-stream' });
    expect(await bucket.sizeOf('large')).toBe(large.length);
    expect((await buffer((await bucket.read('large')).body)).equals(large)).toBe(true);
  });

  it('forgets what is removed, once or twice', async () => {
    using bucket = openBucket(options());
    await bucket.put(json('gone', '{}'));
    await bucket.remove('gone');
    await bucket.remove('gone');
    expect(await bucket.sizeOf('gone')).toBeNull();
    await expect(bucket.read('gone')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('says that wrong keys are wrong, and never writes the secret one', async () => {
    using bucket = openBucket(options({ secretAccessKey: 'a-wrong-secret-key' }));
    const error = await bucket.put(json('x', '{}')).then(
      () => null,
      (cause: unknown) => cause,
    );
    expect(error).toMatchObject({ code: 'bucket_refused', hint: expect.stringContaining('BUCKET_SECRET_ACCESS_KEY') });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('a-wrong-secret-key');
  });

  it('that is missing under its own name is no bucket of ours to make', async () => {
    using bucket = openBucket(options({ name: 'not-there' }));
    await expect(bucket.put(json('x', '{}'))).rejects.toMatchObject({ code: 'bucket_refused' });
  });

  it('that cannot be reached may be there later', async () => {
    using bucket = openBucket(options());
    await server.stop();
    await expect(bucket.put(json('later', '{}'))).rejects.toMatchObject({ code: 'bucket_unavailable', retryable: true });
    await server.restart();
    await bucket.put(json('later', '{}'));
    expect(await bucket.sizeOf('later')).toBe(2);
  });

  it('is signed for the region that its address names', () => {
    expect(regionOf('https://s3.eu-central-1.amazonaws.com')).toBe('eu-central-1');
    expect(regionOf('https://nyc3.digitaloceanspaces.com')).toBe('nyc3');
    expect(regionOf('https://s3api-eu-ro-1.runpod.io')).toBe('eu-ro-1');
    expect(regionOf('http://minio:9000')).toBe('us-east-1');
  });
});
