/**
 * One job, without any server: from the command line or a file. The result goes to standard output as JSON, log lines to standard error,
 * exports to `uploaded/`. No life, no idle time.
 */
import { toAppError } from '@bulk-transcribe/protocol';
import { projectRoot } from '../config.ts';
import type { JobServer } from '../pull/job-server.ts';
import { doJob, type LocalParts } from './do-job.ts';
import { findJob } from './find-job.ts';

export interface LocalRun extends LocalParts {
  /** Hears of an error, as the first worker had it; null where there is none. */
  readonly server: JobServer | null;
  /** The job itself, in place of a file. */
  readonly given: string | undefined;
  readonly print: (line: string) => void;
}

/** Resolves with the exit code: 0, also where there is no job, or 1 where it failed. */
export async function runLocal(run: LocalRun): Promise<number> {
  const { given, log, print, root = projectRoot } = run;
  let id = 'local_test';
  try {
    const job = await findJob(root, given);
    if (!job) {
      log.warn({ root }, 'there is no test_inputs.json and no test_input.json: nothing to do');
      return 0;
    }
    id = job.id;
    const { signal } = new AbortController();
    print(JSON.stringify({ id, output: await doJob(job, run, { ownFiles: true, signal }) }, null, 2));
    return 0;
  } catch (cause) {
    const { message, hint, code } = toAppError(cause);
    log.error({ err: cause, code }, 'the job failed');
    const error = `${message} ${hint} (${code})`;
    print(JSON.stringify({ id, error }, null, 2));
    await tellServer(run, id, error);
    return 1;
  }
}

async function tellServer({ server, log }: LocalRun, id: string, error: string): Promise<void> {
  const signal = AbortSignal.timeout(30_000);
  await server
    ?.post(id, JSON.stringify({ error }), { isStream: false, signal })
    .catch((err: unknown) => log.error({ err }, 'the error could not be posted'));
}
