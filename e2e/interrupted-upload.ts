/** One large file through a line that breaks at seeded places: how many bytes it took, and whether they are the right ones. */
import { createCipheriv, createHash, randomInt } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Recording } from '@bulk-transcribe/protocol';
import { DetailedError, Upload } from 'tus-js-client';
import { type CuttingProxy, startCuttingProxy } from './cutting-proxy.ts';

const PIECE_BYTES = 4 * 1024 * 1024;
const CUTS = 5;

export interface SoakResult {
  readonly seed: number;
  readonly size: number;
  readonly sent: number;
  readonly cuts: number;
  readonly seconds: number;
  readonly recording: Recording;
  /** Of the file as it lies here. */
  readonly sha256: string;
}

export interface SoakOptions {
  /** The controller's address. */
  readonly origin: string;
  /** Where the file may lie while it is sent. */
  readonly file: string;
  readonly size: number;
  readonly seed?: number;
}

/** Throws where the controller refuses the file. */
export async function soakUpload({ origin, file, size, seed = randomInt(2 ** 31) }: SoakOptions): Promise<SoakResult> {
  const sha256 = await writeNoise({ file, size, seed });
  const proxy = await startCuttingProxy({ port: Number(new URL(origin).port), cutAt: seededPlaces({ size, seed }) });
  const began = performance.now();
  try {
    const recording = await send({ file, size, proxy });
    const seconds = (performance.now() - began) / 1000;
    return { seed, size, sent: proxy.sent(), cuts: proxy.cuts(), seconds, recording, sha256 };
  } finally {
    await proxy.close();
  }
}

export const soakLine = ({ seed, size, sent, cuts, seconds, recording, sha256 }: SoakResult): string => {
  const right = recording.sha256 === sha256 && recording.size === size ? 'right' : 'WRONG';
  return `soak:upload: ${size} bytes, ${cuts} cuts, ${sent} sent (${(sent / size).toFixed(4)} x its size), sha256 ${right}, ${seconds.toFixed(1)} s, seed ${seed}`;
};

/** Bytes that no compression shortens and that differ from place to place: a cipher's key stream. */
async function writeNoise({ file, size, seed }: { file: string; size: number; seed: number }): Promise<string> {
  const noise = createCipheriv('aes-128-ctr', createHash('md5').update(String(seed)).digest(), Buffer.alloc(16));
  const zeros = Buffer.alloc(PIECE_BYTES);
  const hash = createHash('sha256');
  const handle = await open(file, 'w');
  try {
    for (let done = 0; done < size; done += PIECE_BYTES) {
      const bytes = noise.update(zeros.subarray(0, Math.min(PIECE_BYTES, size - done)));
      hash.update(bytes);
      await handle.writeFile(bytes);
    }
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

/** One cut somewhere in each fifth of the file. */
function seededPlaces({ size, seed }: { size: number; seed: number }): number[] {
  const random = createHash('sha256').update(`cuts ${seed}`).digest();
  return Array.from({ length: CUTS }, (_, i) => Math.floor(((i + random.readUInt32BE(i * 4) / 2 ** 32) * size) / CUTS));
}

async function send({ file, size, proxy }: { file: string; size: number; proxy: CuttingProxy }): Promise<Recording> {
  const headers = { cookie: await newSession(proxy.origin) };
  const upload = new Upload(createReadStream(file) as never, {
    chunkSize: PIECE_BYTES,
    uploadSize: size,
    headers,
    metadata: { filename: 'soak.wav' },
    retryDelays: null,
  });
  await new Promise<void>((resolve, reject) => {
    upload.options.onSuccess = () => resolve();
    upload.options.onError = (error) => {
      const status = error instanceof DetailedError ? error.originalResponse?.getStatus() : undefined;
      if (status === undefined) again();
      else reject(error);
    };
    const again = () => {
      upload.options.endpoint = upload.url ? null : `${proxy.origin}/api/uploads`;
      upload.start();
    };
    again();
  });
  const id = upload.url?.split('/').at(-1);
  return (await (await fetch(`${proxy.origin}/api/recordings/${id}`, { headers })).json()) as Recording;
}

async function newSession(origin: string): Promise<string> {
  const answer = await fetch(`${origin}/api/system`);
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}
