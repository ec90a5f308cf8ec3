/**
 * Objects in an S3-compatible bucket, and links to them that need no key.
 *
 * Everything is streamed: what is larger than one part goes up as a multipart upload, which leaves nothing behind where it breaks
 * off. Paths, not host names, carry the bucket's name, and no checksum is asked for beyond what S3 requires: both are what all
 * services speak.
 */
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { CreateBucketCommand, DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { AppError } from '@bulk-transcribe/protocol';
import { isNamed, toBucketError } from './bucket-error.ts';
import { monthlyName } from './monthly-name.ts';
import { regionOf } from './region.ts';

export interface BucketOptions {
  /** Of the service, without the bucket. */
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Empty: the month's (`monthlyName`), which is made where it is missing. */
  readonly name: string;
  /** Empty: as the endpoint names it. */
  readonly region: string;
  /** Stands before every key; empty, or with its own slash at the end. */
  readonly prefix: string;
  /** Which addresses may be connected to; left out where the endpoint is our owner's own. */
  readonly lookup?: LookupFunction;
  /** The date, for the month's bucket. */
  readonly today?: () => Date;
}

export interface StoredObject {
  readonly key: string;
  readonly contentType: string;
  readonly body: Readable | Uint8Array | string;
}

/** An open bucket. All reject with not_found, bucket_refused or bucket_unavailable. */
export interface ResultBucket extends Disposable {
  /** Stores an object, over one of the same key. */
  readonly put: (object: StoredObject) => Promise<void>;
  /** A link that reads the object for `LINK_SECONDS`, whoever has it. */
  readonly link: (key: string) => Promise<string>;
  readonly read: (key: string) => Promise<{ readonly body: Readable; readonly size: number }>;
  /** Bytes of the object; null where there is none. */
  readonly sizeOf: (key: string) => Promise<number | null>;
  /** One that is gone already is fine. */
  readonly remove: (key: string) => Promise<void>;
}

/** Seven days, the longest that a signature of version 4 is good for. */
export const LINK_SECONDS = 604_800;
/** As often as RunPod's client tries. */
const ATTEMPTS = 3;
const CONNECT_MS = 10_000;
/** Longest silence of a connection. */
const SILENCE_MS = 60_000;
/** S3 takes parts of 5 MiB and more, 10,000 of them at most: 80 GB. */
const PART_BYTES = 8 * 1024 * 1024;
/** Parts in flight, so that memory stays small. */
const PARTS_AT_ONCE = 2;

export function openBucket(options: BucketOptions): ResultBucket {
  const client = createClient(options);
  const made = new Set<string>();
  const place = (key: string) => ({
    Bucket: options.name || monthlyName(options.today?.() ?? new Date()),
    Key: `${options.prefix}${key}`,
  });
  const ask = async <T>(what: string, step: () => Promise<T>): Promise<T> => {
    try {
      return await step();
    } catch (cause) {
      throw toBucketError(cause, what);
    }
  };
  return {
    put: async (object) =>
      await ask(`Storing ${object.key}`, async () => {
        const at = place(object.key);
        if (!options.name && !made.has(at.Bucket)) made.add(await makeMissing(client, at.Bucket));
        await upload(client, at, object);
      }),
    link: async (key) =>
      await ask(`Signing a link to ${key}`, () => getSignedUrl(client, new GetObjectCommand(place(key)), { expiresIn: LINK_SECONDS })),
    read: async (key) =>
      await ask(`Reading ${key}`, async () => {
        const { Body, ContentLength = 0 } = await client.send(new GetObjectCommand(place(key)));
        if (!(Body instanceof Readable)) throw new AppError('bucket_unavailable', `${key} came without its bytes.`);
        return { body: Body, size: ContentLength };
      }),
    sizeOf: async (key) =>
      await ask(`Asking for ${key}`, async () => {
        const found = await client.send(new HeadObjectCommand(place(key))).catch((cause: unknown) => {
          if (isNamed(cause, 'NotFound', 'NoSuchKey')) return null;
          throw cause;
        });
        return found ? (found.ContentLength ?? 0) : null;
      }),
    remove: async (key) => await ask(`Removing ${key}`, async () => void (await client.send(new DeleteObjectCommand(place(key))))),
    [Symbol.dispose]: () => client.destroy(),
  };
}

function createClient({ endpoint, accessKeyId, secretAccessKey, region, lookup }: BucketOptions): S3Client {
  const agent = lookup ? { lookup } : {};
  return new S3Client({
    endpoint,
    region: region || regionOf(endpoint),
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    maxAttempts: ATTEMPTS,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS, httpAgent: agent, httpsAgent: agent },
  });
}

/** The month's bucket is nobody's task to make by hand on the first of each month. Keys that may not make it may still write into it: then that says what is wrong. */
async function makeMissing(client: S3Client, name: string): Promise<string> {
  await client.send(new CreateBucketCommand({ Bucket: name })).catch((cause: unknown) => {
    if (!(cause instanceof S3ServiceException)) throw cause;
  });
  return name;
}

async function upload(client: S3Client, at: { Bucket: string; Key: string }, { body, contentType }: StoredObject): Promise<void> {
  const params = { ...at, Body: body, ContentType: contentType };
  await new Upload({ client, params, partSize: PART_BYTES, queueSize: PARTS_AT_ONCE }).done();
}
