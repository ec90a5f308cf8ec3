/** Test Connection: asks a worker what it is, and says in words what is wrong where something is. */
import {
  type ErrorCode,
  type Ping,
  type RemoteProblem,
  type RemoteWorkerFound,
  type RemoteWorkerTest,
  type RemoteWorkerTrial,
  remoteProblem,
  type SelfTest,
  toAppError,
  WORKER_PROTOCOL,
} from '@bulk-transcribe/protocol';
import { isGpuIdle } from '../workers/fitness.ts';
import type { NetworkRules } from '../workers/guarded-lookup.ts';
import { type Endpoint, WorkerClient } from '../workers/worker-client.ts';
import { diagnose } from './diagnose.ts';
import { MissingSince } from './missing-since.ts';
import type { RemoteSettings } from './remote-settings.ts';
import { readWorkerToken, readWorkerUrl } from './worker-url.ts';

/** A person waits for the answer. */
const TEST_LIMIT_MS = 20_000;
/** What takes longer goes on there; the next test tells it. */
const MEASURE_LIMIT_MS = 8_000;

type Found = Omit<RemoteWorkerFound, 'ok' | 'latencyMs'>;

export interface RemoteTesterOptions {
  readonly settings: Pick<RemoteSettings, 'url' | 'tokenFor'>;
  readonly network: NetworkRules;
  readonly limitMs?: number;
}

export class RemoteTester {
  readonly #options: RemoteTesterOptions;
  readonly #missing = new MissingSince();

  constructor(options: RemoteTesterOptions) {
    this.#options = options;
  }

  /** AppError invalid_request where URL or token could not even be saved; what else goes wrong is told in the answer. */
  async test(trial: RemoteWorkerTrial): Promise<RemoteWorkerTest> {
    const { settings, network } = this.#options;
    const url = trial.url === undefined ? settings.url : readWorkerUrl(trial.url, network);
    const token = trial.token === undefined ? settings.tokenFor(url) : readWorkerToken(trial.token);
    return await this.ask({ url, token });
  }

  /** What answers there, or what is wrong. */
  async ask({ url, token }: Endpoint): Promise<RemoteWorkerTest> {
    const began = performance.now();
    const outcome = refusal(url, token) ?? (await this.#ask(url, token));
    const latencyMs = Math.round(performance.now() - began);
    return 'code' in outcome ? { ok: false, latencyMs, error: outcome } : { ok: true, ...outcome };
  }

  async #ask(url: string, token: string): Promise<RemoteProblem | (Found & Pick<RemoteWorkerFound, 'latencyMs'>)> {
    const client = new WorkerClient({ url, token }, { network: this.#options.network });
    const signal = AbortSignal.timeout(this.#options.limitMs ?? TEST_LIMIT_MS);
    try {
      const began = performance.now();
      const ping = await client.ping(signal);
      const latencyMs = Math.round(performance.now() - began);
      this.#missing.found(url);
      const outcome = (await complaint(client, ping, signal)) ?? (await measure(client, ping, signal));
      return 'code' in outcome ? outcome : { ...outcome, latencyMs };
    } catch (cause) {
      return diagnose(cause, { url, missingForMs: this.#missing.note(url, cause) });
    } finally {
      await client.close();
    }
  }
}

/** What is wrong before anything is sent. */
function refusal(url: string, token: string): RemoteProblem | null {
  if (url === '') return remoteProblem('no_url', 'There is no address to test.');
  if (token === '') return remoteProblem('token_needed', `There is no token for ${new URL(url).origin}.`);
  if (!/^[\x21-\x7e]+$/.test(token)) return remoteProblem('token_malformed', 'The token holds blanks, or characters that no header can carry.');
  return null;
}

/** It is fit for work: how fast, and is there anything its owner should know? */
async function measure(client: WorkerClient, ping: Ping, signal: AbortSignal): Promise<RemoteProblem | Found> {
  const checked = await client.preflight(signal).catch(() => null);
  const warnings = checked?.checks.filter(({ ok }) => !ok).map(({ message }) => message) ?? [];
  // One that has measured it tells it again, even while it is busy.
  const speed = await measureSpeed(client, signal);
  if (speed && 'code' in speed) return speed;
  if (ping.gpu && speed?.device === 'cpu')
    return remoteProblem('gpu_not_used', `There is a GPU (${ping.gpuName}), but it computed its sample on the CPU.`);
  return { ...describe(ping), timesRealTime: speed?.timesRealTime ?? null, warnings };
}

/** Null where it cannot be told now: a recording came in between, or it takes longer than a person waits. */
async function measureSpeed(client: WorkerClient, signal: AbortSignal): Promise<RemoteProblem | SelfTest | null> {
  try {
    return await client.selfTest(AbortSignal.any([signal, AbortSignal.timeout(MEASURE_LIMIT_MS)]));
  } catch (cause) {
    const { code, message } = toAppError(cause);
    return engineFailures.includes(code) ? remoteProblem('engine_failed', message) : null;
  }
}

/** What a sample that was not transcribed says of the engine. */
const engineFailures: readonly ErrorCode[] = ['engine_crashed', 'engine_unavailable', 'execution_timeout', 'recording_kills_worker'];

function describe(ping: Ping): Omit<Found, 'timesRealTime' | 'warnings'> {
  const { identity, gpu, gpuName, diarization, provider, threads, models, slots, state, lifecycle } = ping;
  const { gitCommit, buildTime, version } = identity;
  return {
    ...{ identity: { gitCommit, buildTime }, gpu, gpuName, diarization },
    ...{ version, protocol: WORKER_PROTOCOL, provider, threads, slots, state },
    models: models.map(({ id }) => id),
    idleLeftMs: lifecycle.idleLeftMs,
  };
}

/** It answers, and yet is of no use (yet). */
async function complaint(client: WorkerClient, ping: Ping, signal: AbortSignal): Promise<RemoteProblem | null> {
  if (isGpuIdle(ping)) return remoteProblem('gpu_not_used', `There is a GPU (${ping.gpuName}), but the worker computes on the CPU.`);
  if (ping.accepting || ping.state === 'busy') return null;
  const { status, message } = await client.health(signal);
  if (status === 'failed') return remoteProblem('engine_failed', message || 'The speech engine of the worker cannot be used.');
  return ping.state === 'booting' ? remoteProblem('pod_starting', message || 'The worker is there; its speech engine is still being loaded.') : null;
}
