/** `pnpm soak:upload`: 3 GB through a line that breaks five times. Prints one line; ends with 1 where it took too many bytes or wrong ones. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { soakLine, soakUpload } from './interrupted-upload.ts';
import { startProduct } from './product.ts';

const SIZE = 3e9;
const MAX_RATIO = 1.02;

const seed = process.argv[2] === undefined ? {} : { seed: Number(process.argv[2]) };
const folder = await mkdtemp(path.join(os.tmpdir(), 'bulk-transcribe-soak-'));
const product = await startProduct();
try {
  const result = await soakUpload({ origin: product.origin, file: path.join(folder, 'file'), size: SIZE, ...seed });
  console.log(soakLine(result));
  const { sent, size, recording, sha256 } = result;
  if (sent > size * MAX_RATIO || recording.sha256 !== sha256) process.exitCode = 1;
} finally {
  await product.remove();
  await rm(folder, { recursive: true, force: true });
}
