/** Figures for Prometheus, named as it wants them: base units, `_total` behind what only counts up. */
import { statfs } from 'node:fs/promises';
import type { AppError, Transcript } from '@bulk-transcribe/protocol';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { AttemptObserver } from './dispatch/attempt-observer.ts';
import type { TaskCounts } from './jobs/task-counts.ts';

/** Seconds: a step takes from a blink (decoding a voice message) to hours (a long hearing on a small machine). */
const STEP_BUCKETS_SEC = [0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200];

interface HttpAnswer {
  readonly method: string;
  /** The pattern of the route, never the address asked for: that could be anything. */
  readonly route: string;
  readonly status: number;
}

export interface Metrics extends AttemptObserver {
  answered(answer: HttpAnswer): void;
  /** Everything in Prometheus' text format. */
  text(): Promise<{ body: string; contentType: string }>;
}

export interface MetricsOptions {
  readonly taskCounts: () => Promise<TaskCounts>;
  readonly dataRoot: string;
}

export function createMetrics({ taskCounts, dataRoot }: MetricsOptions): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const { tasks, queueLength, diskFree, steps, audio, failures, answers } = ourMetrics(register);

  const measureNow = async (): Promise<void> => {
    const counts = await taskCounts();
    for (const [state, count] of Object.entries(counts)) tasks.set({ state }, count);
    queueLength.set(counts.queued);
    const { bavail, bsize } = await statfs(dataRoot);
    diskFree.set(bavail * bsize);
  };
  return {
    succeeded: ({ durationSec, provenance }: Transcript) => {
      audio.inc(durationSec);
      for (const { step, wallMs } of provenance.steps) steps.observe({ stage: step }, wallMs / 1000);
    },
    failed: ({ code }: AppError) => failures.inc({ code }),
    answered: ({ method, route, status }) => answers.inc({ method, route, status }),
    text: async () => {
      await measureNow();
      return { body: await register.metrics(), contentType: register.contentType };
    },
  };
}

function ourMetrics(register: Registry) {
  const registers = [register];
  return {
    tasks: new Gauge({ name: 'bulk_transcribe_tasks', help: 'Tasks by state, over all sessions.', labelNames: ['state'], registers }),
    queueLength: new Gauge({ name: 'bulk_transcribe_queue_length', help: 'Tasks that wait for a worker.', registers }),
    diskFree: new Gauge({ name: 'bulk_transcribe_disk_free_bytes', help: 'Free space where DATA_ROOT lies.', registers }),
    steps: new Histogram({
      name: 'bulk_transcribe_stage_seconds',
      help: 'Time that each stage of a finished transcript took.',
      labelNames: ['stage'],
      buckets: STEP_BUCKETS_SEC,
      registers,
    }),
    audio: new Counter({ name: 'bulk_transcribe_audio_seconds_total', help: 'Length of the recordings transcribed.', registers }),
    failures: new Counter({
      name: 'bulk_transcribe_attempts_failed_total',
      help: 'Attempts that failed, by error code; a task has several.',
      labelNames: ['code'],
      registers,
    }),
    answers: new Counter({
      name: 'bulk_transcribe_http_responses_total',
      help: 'HTTP answers by method, route and status; errors are those from 400 on.',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
  };
}
