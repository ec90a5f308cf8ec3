/** The real worker app with the real engine: what a killed engine process costs. */
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transcriptText } from '@bulk-transcribe/protocol';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryDataRoot } from '../database/template.ts';
import { final, openCore, submit, untilTask } from './controller-core.ts';

const workerApp = fileURLToPath(new URL('../../../worker/src/main.ts', import.meta.url));
const sample = fileURLToPath(new URL('../../../../packages/sample/media/jfk-inaugural-address.mp3', import.meta.url));

/** The engine is the child of the worker that says so in its command line; read from Linux, as a bare machine has no `ps`. */
function engineOf(workerPid: number): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const engine = pids.find(
    (pid) => readProcess(pid, 'status').includes(`PPid:\t${workerPid}\n`) && readProcess(pid, 'cmdline').includes('engine-child'),
  );
  return Number(engine);
}

/** Empty where the process ended meanwhile. */
function readProcess(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

test.runIf(process.platform === 'linux')('an engine killed with -9 in the middle costs no attempt; the recording is transcribed', async () => {
  const pids: number[] = [];
  const write = (line: string): void => {
    const { workerPid, msg } = JSON.parse(line) as { workerPid?: number; msg?: string };
    if (msg === 'the local worker listens' && workerPid) pids.push(workerPid);
  };
  const core = await openCore({ dataRoot: await temporaryDataRoot(), log: pino({ base: null }, { write }), workerEntry: workerApp });
  onTestFinished(() => core.close());
  const [task] = await submit(core, [await readFile(sample)]);
  await untilTask(core.jobs, task?.id ?? '', ({ state }) => state === 'running');
  process.kill(engineOf(pids[0] ?? 0), 'SIGKILL');
  expect(await final(core.jobs, task)).toMatchObject({ state: 'succeeded', attempt: 1 });
  const transcript = await core.jobs.transcript('mine', task?.id ?? '');
  expect(transcript && transcriptText(transcript)).toMatch(/ask not what your country can do for you/i);
});
