/** A file system of its own that can be filled to the last byte and emptied again. Linux, where mount namespaces may be made. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export interface SmallDisk {
  readonly folder: string;
  /** Program and arguments by which another program sees the disk. */
  readonly enter: readonly string[];
  /** From outside: the same folder as whoever is inside sees it. */
  readonly outside: string;
  fill(): Promise<void>;
  empty(): Promise<void>;
  remove(): Promise<void>;
}

const PIECE = Buffer.alloc(1024 * 1024, 1);

/** Null where this machine does not let us make one. It lives as long as its keeper, a process that waits for our end. */
export async function makeSmallDisk(bytes: number): Promise<SmallDisk | null> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bulk-transcribe-disk-'));
  const script = `mount -t tmpfs -o size=${bytes} tmpfs ${folder} && echo mounted && exec cat`;
  const keeper = spawn('unshare', ['-Urm', 'sh', '-c', script], { stdio: ['pipe', 'pipe', 'ignore'] });
  if (!(await isMounted(keeper))) {
    await rm(folder, { recursive: true });
    return null;
  }
  const outside = `/proc/${keeper.pid}/root${folder}`;
  const filler = path.join(outside, 'filler');
  return {
    folder,
    outside,
    enter: ['nsenter', '-t', String(keeper.pid), '-U', '-m', '--preserve-credentials', '--'],
    fill: () => fill(filler),
    empty: () => rm(filler, { force: true }),
    remove: async () => {
      keeper.stdin?.end();
      await once(keeper, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function isMounted(keeper: ChildProcess): Promise<boolean> {
  const said = once(keeper.stdout as NodeJS.ReadableStream, 'data').then(() => true);
  const ended = Promise.race([once(keeper, 'exit'), once(keeper, 'error')]).then(() => false);
  return await Promise.race([said, ended]).catch(() => false);
}

async function fill(file: string): Promise<void> {
  await using handle = await open(file, 'a');
  for (let piece = PIECE; piece.length > 0; ) {
    try {
      await handle.write(piece);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause;
      piece = piece.subarray(0, Math.floor(piece.length / 2));
    }
  }
}
