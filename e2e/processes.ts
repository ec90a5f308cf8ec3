/** Finds the product's processes, so that a test can kill them. Linux only: reads /proc. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

export const canFindProcesses = existsSync('/proc/self/task');

/** Process id of the local worker that the controller `controller` started. */
export const workerOf = (controller: number): number => childWith(controller, 'apps/worker/');

/** Process id of the speech engine of the worker `worker`. */
export const engineOf = (worker: number): number => childWith(worker, 'engine-child');

/** The engine stands still until what is returned is called: what is under way stays so, however fast the machine (where it can be found). */
export function holdEngine(controller: number): () => void {
  if (!canFindProcesses) return () => undefined;
  const engine = engineOf(workerOf(controller));
  process.kill(engine, 'SIGSTOP');
  return () => void process.kill(engine, 'SIGCONT');
}

function childWith(parent: number, words: string): number {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').split(' ').filter(Boolean);
  const found = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(words));
  if (found === undefined) throw new Error(`Process ${parent} has no child with "${words}".`);
  return Number(found);
}

/** Processes with `text` in their environment: what was started for this data folder and still lives. */
export function processesFor(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(text);
      } catch {
        return false;
      }
    });
}
