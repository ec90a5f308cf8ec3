/** Starts the controller: its database, its local worker, its HTTP side; closes them in the opposite order. */
import { closeOnSignal, createLogger, keepFilesPrivate, readIdentity } from '@bulk-transcribe/service';
import { buildApp } from './app.ts';
import { type Config, projectRoot, readConfig } from './config.ts';
import { startDispatch } from './dispatch/start-dispatch.ts';
import { requireFreePort } from './http/free-port.ts';
import { openJobStore } from './jobs/open-job-store.ts';
import { createMetrics } from './metrics.ts';
import { openModels } from './models/open-models.ts';
import { forgetAbandoned } from './openai/transcribe-file.ts';
import { openRecordingFiles } from './recordings/recording-files.ts';
import { openRemote } from './remote/open-remote.ts';
import { startRetention } from './retention.ts';
import { failureOf } from './start-failure.ts';
import { Uploads } from './uploads/uploads.ts';
import { localWorkerSettings } from './workers/worker-environment.ts';

const opened = new AsyncDisposableStack();
/** An upload that has been silent for longer no longer keeps a pod. */
const UPLOAD_PAUSE_MS = 60_000;
/** The local worker may take 12 s to stop. */
const STOP_MS = 15_000;

try {
  await start(readConfig());
} catch (cause) {
  const { message, exitCode } = failureOf(cause);
  process.stderr.write(`${message}\n`);
  // Whatever is half open ends with the process.
  await opened.disposeAsync().catch(() => undefined);
  process.exit(exitCode);
}

async function start(config: Config): Promise<void> {
  keepFilesPrivate();
  const log = createLogger('controller', { level: config.LOG_LEVEL, format: config.LOG_FORMAT });
  closeOnSignal(log, () => opened.disposeAsync(), STOP_MS);
  const dataRoot = config.DATA_ROOT;
  const identity = readIdentity(projectRoot, { gitCommit: config.GIT_COMMIT, buildTime: config.BUILD_TIME });

  await requireFreePort({ host: config.HOST, port: config.PORT });
  const jobs = await openJobStore({ dataRoot, databaseUrl: config.DATABASE_URL, log });
  opened.defer(() => jobs.close());
  const files = await openRecordingFiles({ dataRoot, maxBytes: config.MAX_UPLOAD_BYTES });
  await forgetAbandoned(jobs, files);
  const uploads = await Uploads.open({
    dataRoot,
    jobs,
    files,
    quotaBytes: config.SESSION_QUOTA_BYTES,
    expiryMs: config.UPLOAD_EXPIRY_MS,
    log,
  });
  opened.defer(() => uploads.close());
  await files.removeOrphans((ids) => jobs.existingRecordings(ids));

  const metrics = createMetrics({ taskCounts: () => jobs.taskCounts(), dataRoot });
  const retention = startRetention({ jobs, files, config, log });
  opened.defer(() => retention.close());

  const remote = await openRemote({ config, log });
  const workers = startDispatch({
    jobs,
    local: localWorkerSettings(config, identity),
    remote,
    log,
    observer: metrics,
    uploading: () => uploads.isReceiving(UPLOAD_PAUSE_MS),
    recordingPath: files.path,
  });
  opened.defer(() => workers.close());

  const models = openModels({ config, log });
  opened.defer(() => models.close());

  const app = await buildApp({ config, identity, jobs, workers, files, uploads, metrics, models, remote, log });
  opened.defer(() => app.close());
  // Before the local worker is up: /healthz answers at once, /readyz says what is still missing.
  const listening = new URL(await app.listen({ host: config.HOST, port: config.PORT }));
  process.stdout.write(`Bulk Transcribe: open ${addressToOpen(config, listening.port)}\n`);
}

function addressToOpen(config: Config, port: string): string {
  if (config.CONTROLLER_BASE_URL !== '') return config.CONTROLLER_BASE_URL;
  const everywhere = ['127.0.0.1', '::1', '0.0.0.0', '::'].includes(config.HOST);
  const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
  return `http://${everywhere ? 'localhost' : host}:${port}`;
}
