/** A worker that was started anew counts on from what its disk holds: what a full disk refused it counts, and tells, once more. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError, defaultOptions, type Transcript, type WorkerTask, type WorkerTaskState } from '@bulk-transcribe/protocol';
import { expect, test } from 'vitest';
import { Crews } from '../../src/dispatch/crews.ts';
import { type RunParts, runTask } from '../../src/dispatch/run-task.ts';
import type { ClaimedTask, TaskLedger } from '../../src/jobs/task-ledger.ts';
import type { NumberedEvent, WorkerClient } from '../../src/workers/worker-client.ts';
import type { WorkerLink } from '../../src/workers/worker-link.ts';
import { emptyFolder, quiet } from '../database/template.ts';

const taskId = '019aa9a0-0000-7000-8000-000000000001';
const transcript = { durationSec: 5, provenance: { timesRealTime: 1 } } as Transcript;

const taskAt = (state: WorkerTaskState): WorkerTask => ({
  ...{ id: taskId, attempt: 1, state, received: 1, size: 1, windows: 0, stage: null },
  ...{ progress: { doneSec: 0, totalSec: null }, error: null },
});
const statusAt = (id: number, state: WorkerTaskState): NumberedEvent => ({ id, event: { type: 'status', task: taskAt(state) } });

/** One process of a worker: tells the events behind the last one heard, and dies there where its task is not over. */
function processOf(instance: string, events: readonly NumberedEvent[]) {
  const client: Partial<WorkerClient> = {
    sendTask: async () => taskAt('running'),
    result: async () => transcript,
    async *events(_, lastId) {
      const after = lastId > (events.at(-1)?.id ?? 0) ? 0 : lastId;
      yield* events.filter(({ id }) => id > after);
      const last = events.at(-1)?.event;
      if (last?.type === 'status' && last.task.state !== 'succeeded') throw new AppError('worker_unavailable', 'It died.');
    },
  };
  return { instance, client: client as WorkerClient };
}

/** A worker whose processes come one after the other, each time that it is waited for. */
function linkTo(processes: ReturnType<typeof processOf>[]): WorkerLink {
  let current = processes[0];
  const ready = async () => {
    current = processes.shift() ?? current;
    return current?.client;
  };
  return Object.defineProperty({ ready }, 'instance', { get: () => current?.instance }) as unknown as WorkerLink;
}

test('its events are heard from the first, where it ends at the very number that was heard before', async () => {
  const recording = path.join(await emptyFolder(), 'recording');
  await writeFile(recording, 'x');
  const ended: Transcript[] = [];
  const ledger: Partial<TaskLedger> = {
    finishedWindows: async () => [],
    update: async () => true,
    succeed: async (_, made) => ended.push(made) > 0,
  };
  const link = linkTo([
    processOf('first', [statusAt(1, 'awaiting_input'), statusAt(2, 'queued'), statusAt(3, 'running'), statusAt(4, 'running')]),
    processOf('second', [statusAt(2, 'queued'), statusAt(3, 'running'), statusAt(4, 'succeeded')]),
  ]);
  const parts: RunParts = {
    ...{ ledger: ledger as TaskLedger, link, crews: new Crews(), log: quiet, recordingPath: () => recording },
    ...{ observer: { succeeded: () => undefined, failed: () => undefined }, signal: AbortSignal.timeout(90_000) },
  };
  const task: ClaimedTask = {
    ...{ taskId, attempt: 1, worker: null, hearing: false, options: defaultOptions },
    recording: { id: taskId, name: 'interview.mp3', size: 1, sha256: '0'.repeat(64) } as ClaimedTask['recording'],
  };
  await runTask(task, parts);
  expect(ended).toEqual([transcript]);
});
