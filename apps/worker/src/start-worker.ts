/** From environment to a worker that lives; the same for the real engine and for a scripted one. */
import { explainStart, keepFilesPrivate, SettingsError } from '@bulk-transcribe/service';
import { readConfig } from './config.ts';
import { withModel } from './engine/model-of.ts';
import { readPlatform } from './life/platform.ts';
import { type CreateEngine, WorkerProcess } from './worker-process.ts';

const EXIT_SETTINGS = 2;
const EXIT_START = 1;

/** Runs a worker in this process until its life is over, a signal comes, or its parent is gone. */
export async function startWorker(createEngine: CreateEngine): Promise<void> {
  keepFilesPrivate();
  const { config: settings, problems } = readConfig();
  const platform = readPlatform(settings);
  const config = withModel(settings, platform);
  try {
    // In a pod an exit starts the container, and the bill, again: there a wrong setting only keeps work away.
    if (problems.length > 0 && platform.kind !== 'pod') throw new SettingsError(problems.join('\n'));
    await new WorkerProcess(config, platform).run(createEngine, problems);
  } catch (cause) {
    process.stderr.write(`${explainStart(cause)}\n`);
    process.exit(cause instanceof SettingsError ? EXIT_SETTINGS : EXIT_START);
  }
}
