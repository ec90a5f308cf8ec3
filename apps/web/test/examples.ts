/** Small whole values for the tests of pure parts. */
import { defaultOptions, type Job, type Recording, type Segment, type Task } from '@bulk-transcribe/protocol';
import type { Upload } from '../src/uploads/upload-queue.ts';

const id = (n: number): string => `01930000-0000-7000-8000-${String(n).padStart(12, '0')}`;

export const recording = (n: number): Recording => ({
  id: id(n),
  name: `recording ${n}.mp3`,
  size: 1000,
  sha256: '0'.repeat(64),
  createdAt: '2026-03-02T10:00:00Z',
});

export const task = (n: number, part: Partial<Task> = {}): Task => ({
  id: id(n),
  jobId: id(900),
  recording: recording(n),
  state: 'queued',
  stage: null,
  progress: { doneSec: 0, totalSec: null },
  attempt: 0,
  worker: null,
  error: null,
  warnings: 0,
  preview: [],
  createdAt: '2026-03-02T10:00:00Z',
  startedAt: null,
  finishedAt: null,
  ...part,
});

export const job = (n: number, tasks: Task[]): Job => ({
  id: id(n),
  name: `job ${n}`,
  options: defaultOptions,
  priority: 0,
  compute: 'auto',
  createdAt: '2026-03-02T10:00:00Z',
  kept: false,
  tasks: tasks.map((item) => ({ ...item, jobId: id(n) })),
});

export const upload = (name: string, part: Partial<Upload> = {}): Upload => ({
  id: name,
  name,
  size: 100,
  folder: '',
  fingerprint: name,
  state: 'waiting',
  checked: 0,
  sent: 0,
  recordingId: null,
  recording: null,
  problem: null,
  canRetry: true,
  ...part,
});

export const segment = (start: number, end: number, text: string, speaker?: string): Segment => ({
  start,
  end,
  text,
  avgLogProb: -0.2,
  ...(speaker !== undefined && { speaker }),
});
