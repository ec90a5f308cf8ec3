/** Pods, and the RunPod they belong to, that are there for as long as one test. */
import { expect, onTestFinished } from 'vitest';
import { WorkerClient } from '../apps/worker/test/worker-client.ts';
import type { FakeRunpod } from './fake-runpod.ts';
import { PodWorker, startRunpod, TOKEN } from './pod-worker.ts';

/** How late an end may be, milliseconds, on a machine that has other things to do: less than any other time that could end a pod. */
export const LATE_MS = 50_000;

/** However long a test takes until it calls: the idle time runs from the first call with the token on. */
export const patience = { FIRST_CONTACT_TIME: '600000' };

export async function startWorker(...given: Parameters<typeof PodWorker.start>): Promise<PodWorker> {
  const worker = await PodWorker.start(...given);
  onTestFinished(() => worker.remove());
  return worker;
}

export async function startApi(): Promise<FakeRunpod> {
  const runpod = await startRunpod();
  onTestFinished(() => runpod.close());
  return runpod;
}

export const clientOf = async (worker: PodWorker) => new WorkerClient(await worker.url(), TOKEN);
/** With this its idle time begins. */
export const call = async (worker: PodWorker) => expect((await (await clientOf(worker)).fetch('/v1/ping')).status).toBe(200);
export const acknowledge = async (client: WorkerClient, id: string) => await client.post(`/v1/tasks/${id}/ack`, { attempt: 1 });
