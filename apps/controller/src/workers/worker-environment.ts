import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Identity } from '@bulk-transcribe/protocol';
import { modelEnvironment } from '@bulk-transcribe/service';
import type { Config } from '../config.ts';

export interface LocalWorkerSettings {
  readonly dataRoot: string;
  readonly modelsDir: string;
  /** What it computes on: auto, cpu or cuda. */
  readonly device: string;
  /** 0 = as measured best for the model. */
  readonly threads: number;
  /** Recordings at a time; 0 = as is good for the device. */
  readonly slots: number;
  /** Where its models come from, and the way there (`modelEnvironment`). */
  readonly downloads?: Readonly<Record<string, string>>;
  readonly logLevel: string;
  readonly logFormat: string;
  readonly identity: Identity;
}

/** Those of the controller that are its local worker's, too. */
export const localWorkerSettings = (config: Config, identity: Identity): LocalWorkerSettings => ({
  dataRoot: config.DATA_ROOT,
  modelsDir: config.MODELS_DIR,
  device: config.DEVICE,
  threads: config.LOCAL_WORKER_THREADS,
  slots: config.LOCAL_WORKER_SLOTS,
  downloads: modelEnvironment(config),
  logLevel: config.LOG_LEVEL,
  logFormat: config.LOG_FORMAT,
  identity,
});

const LONGEST_TASK_MS = 7 * 24 * 60 * 60 * 1000;

/** Bytes of a token that only the two of us know, for as long as this process lives. */
const TOKEN_BYTES = 32;

export const newWorkerToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

/**
 * The whole environment of the local worker, made here: nothing of the controller's own settings (its PORT, the token of a
 * remote worker) reaches the child, nor does the `.env` file.
 */
export function workerEnvironment(system: Readonly<Record<string, string>>, token: string, settings: LocalWorkerSettings): Record<string, string> {
  const { dataRoot, modelsDir, device, threads, slots, downloads, logLevel, logFormat, identity } = settings;
  return {
    ...system,
    ENV_FILE: 'none',
    HOST: '127.0.0.1',
    PORT: '0',
    WORKER_TOKEN: token,
    // Its life is ours: it ends when we do. A slow computer may take its time; only what hangs for days is broken off.
    WORKER_ZERO: 'true',
    EXECUTION_TIMEOUT: String(LONGEST_TASK_MS),
    DATA_ROOT: path.join(dataRoot, 'worker'),
    MODELS_DIR: modelsDir,
    DEVICE: device,
    THREADS: String(threads),
    SLOTS: String(slots),
    ...downloads,
    LOG_LEVEL: logLevel,
    LOG_FORMAT: logFormat,
    GIT_COMMIT: identity.gitCommit,
    BUILD_TIME: identity.buildTime,
  };
}
