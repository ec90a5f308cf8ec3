/** Everything that is done to the product while it works: kill -9 of each process, a full disk, a cut line. */
import { setTimeout as pause } from 'node:timers/promises';
import type { CuttingProxy } from '../cutting-proxy.ts';
import { engineOf, workerOf } from '../processes.ts';
import type { Product } from '../product.ts';
import type { SmallDisk } from './small-disk.ts';
import type { WorkWatch } from './work-watch.ts';

export const kills = ['engine', 'worker', 'controller'] as const;
export type Fault = (typeof kills)[number] | 'full disk' | 'cut line';

export interface Target {
  readonly product: Product;
  readonly disk: SmallDisk | null;
  readonly proxy: CuttingProxy;
  readonly watch: WorkWatch;
  readonly random: () => number;
}

/** Longest wait before a fault, and longest time that a disk stays full, milliseconds. */
const WAIT_MS = 1_500;
const FULL_MS = 3_000;
/** A controller in four is killed once more while it starts. */
const AGAIN_AT_START = 0.25;
/** While a worker or an engine starts there is none to kill yet. */
const ABSENT_MS = 50;

/** At a seeded moment; resolves once the fault is over (what follows from it is not). */
export async function inflict(fault: Fault, target: Target, signal: AbortSignal): Promise<void> {
  await pause(target.random() * WAIT_MS, undefined, { signal });
  switch (fault) {
    case 'engine':
      return killProcess(target, signal, (pid) => engineOf(workerOf(pid)));
    case 'worker':
      return killProcess(target, signal, workerOf);
    case 'controller':
      return killController(target);
    case 'full disk':
      return fillDisk(target);
    case 'cut line':
      return target.proxy.cut();
  }
}

async function killProcess({ product, watch }: Target, signal: AbortSignal, find: (controller: number) => number): Promise<void> {
  for (;;) {
    while (!watch.mayHit) await watch.next(signal);
    try {
      process.kill(find(product.pid()), 'SIGKILL');
      return watch.noteHit();
    } catch {
      await pause(ABSENT_MS, undefined, { signal });
    }
  }
}

async function killController({ product, random }: Target): Promise<void> {
  await product.kill();
  if (random() < AGAIN_AT_START) {
    product.launch();
    await pause(random() * WAIT_MS);
    await product.kill();
  }
  await product.start();
}

async function fillDisk({ disk, random }: Target): Promise<void> {
  await disk?.fill();
  await pause(random() * FULL_MS);
  await disk?.empty();
}
