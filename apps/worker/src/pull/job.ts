/** What the server of jobs is told about one: its end, once, and what comes before it, in order and never after it. */
import type { Logger } from 'pino';
import { type Clock, pauseOn } from '../life/clock.ts';
import { growingPause } from './growing-pause.ts';
import type { JobEnd, JobFolder } from './job-folder.ts';
import type { JobServer } from './job-server.ts';
import { readPost } from './read-answer.ts';

export interface JobReports {
  /** The job has come to nothing, and why, for people. Every failure goes through here. */
  readonly error: (workerId: string, jobId: string, message: string) => Promise<void>;
  readonly done: (jobId: string, output: unknown, isStream: boolean) => Promise<void>;
}

interface ReportOptions {
  readonly server: JobServer;
  readonly folder: JobFolder;
  readonly clock: Clock;
  readonly log: Logger;
  /** Gives up for now; what is on disk is sent after the next start. */
  readonly signal: AbortSignal;
}

/** The end is on disk before it is sent. */
export function reportsOf(options: ReportOptions): JobReports {
  const finish = async (end: JobEnd): Promise<void> => {
    await options.folder.end(end);
  };
  return {
    error: async (workerId, jobId, message) => {
      options.log.warn({ workerId, jobId, message }, 'the job failed');
      await finish({ body: JSON.stringify({ error: message }), isStream: false });
    },
    done: async (_jobId, output, isStream) => await finish({ body: JSON.stringify({ output }), isStream }),
  };
}

/** Sends the end of the job until it is taken, or refused for good. Null where `signal` aborts before. */
export async function deliver({ server, folder, clock, log, signal }: ReportOptions): Promise<'taken' | 'refused' | null> {
  const { jobId, end } = folder.record;
  if (!end) throw new Error('The job has no end yet.');
  for (let tries = 0; !signal.aborted; tries++) {
    const outcome = await tryOnce(server, { jobId, end, signal });
    if (outcome.meaning !== 'later') {
      log[outcome.meaning === 'taken' ? 'debug' : 'error']({ jobId, answer: outcome.answer }, `the end of the job was ${outcome.meaning}`);
      return outcome.meaning;
    }
    if (signal.aborted) break;
    log.warn({ jobId, answer: outcome.answer, tries }, 'the end of the job was not taken and is sent again');
    await pauseOn(clock, growingPause(tries), signal);
  }
  return null;
}

async function tryOnce(server: JobServer, { jobId, end, signal }: { jobId: string; end: JobEnd; signal: AbortSignal }) {
  try {
    const status = await server.post(jobId, end.body, { isStream: end.isStream, signal });
    return status === null ? { meaning: 'taken' as const, answer: 'nobody asked for it' } : { meaning: readPost(status), answer: `HTTP ${status}` };
  } catch (cause) {
    return { meaning: 'later' as const, answer: cause instanceof Error ? cause.message : String(cause) };
  }
}

const PROGRESS_MS = 2_000;

/** Progress and parts of a job: one after another, progress not too often; nothing of it is worth waiting for but the parts. */
export class JobNews {
  readonly #options: ReportOptions;
  #sending: Promise<void> = Promise.resolve();
  #lastAt = Number.NEGATIVE_INFINITY;
  #isSending = false;

  constructor(options: ReportOptions) {
    this.#options = options;
  }

  progress(output: unknown): void {
    const { clock, server, folder, signal } = this.#options;
    if (this.#isSending || clock.now() - this.#lastAt < PROGRESS_MS) return;
    this.#lastAt = clock.now();
    const body = JSON.stringify({ status: 'IN_PROGRESS', output });
    this.#send(async () => void (await server.post(folder.record.jobId, body, { isStream: false, signal })));
  }

  part(output: unknown): void {
    const { server, folder, signal } = this.#options;
    this.#send(async () => void (await server.postPart(folder.record.jobId, JSON.stringify({ output }), signal)));
  }

  /** Waits until everything is on its way: the end comes behind it. */
  async settled(): Promise<void> {
    await this.#sending;
  }

  #send(step: () => Promise<void>): void {
    const { log, folder } = this.#options;
    if (folder.record.end) return;
    this.#isSending = true;
    const sending = this.#sending
      .then(step)
      .catch((err: unknown) => log.debug({ err }, 'news of a job did not arrive'))
      .finally(() => {
        if (this.#sending === sending) this.#isSending = false;
      });
    this.#sending = sending;
  }
}
