/** Test Connection: asks a worker what it is, and says in words what is wrong where something is. */
import {
  type Ping,
  type RemoteProblem,
  type RemoteWorkerFound,
  type RemoteWorkerTest,
  type RemoteWorkerTrial,
  remoteProblem,
  WORKER_PROTOCOL,
} from '@bulk-transcribe/protocol';
import { isGpuIdle } from '../dispatch/fitness.ts';
import { WorkerClient } from '../dispatch/worker-client.ts';
import { diagnose } from './diagnose.ts';
import type { NetworkRules } from './guarded-lookup.ts';
import { MissingSince } from './missing-since.ts';
import type { RemoteSettings } from './remote-settings.ts';
import { readWorkerToken, readWorkerUrl } from './worker-url.ts';

/** A person waits for the answer. */
const TEST_LIMIT_MS = 20_000;

export interface RemoteTesterOptions {
  readonly settings: Pick<RemoteSettings, 'url' | 'tokenFor'>;
  readonly network: NetworkRules;
  /** Measured speed of the worker at this address; null where nothing has run there yet. */
  readonly timesRealTime?: (url: string) => number | null;
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
    const began = performance.now();
    const outcome = (await this.#refusal(url, token)) ?? (await this.#ask(url, token));
    const latencyMs = Math.round(performance.now() - began);
    return 'code' in outcome ? { ok: false, latencyMs, error: outcome } : { ok: true, latencyMs, ...outcome };
  }

  /** What is wrong before anything is sent. */
  async #refusal(url: string, token: string): Promise<RemoteProblem | null> {
    if (url === '') return remoteProblem('no_url', 'There is no address to test.');
    if (token === '') return remoteProblem('token_needed', `There is no token for ${new URL(url).origin}.`);
    if (!/^[\x21-\x7e]+$/.test(token)) return remoteProblem('token_malformed', 'The token holds blanks, or characters that no header can carry.');
    return null;
  }

  async #ask(url: string, token: string): Promise<RemoteProblem | Omit<RemoteWorkerFound, 'ok' | 'latencyMs'>> {
    const client = new WorkerClient({ url, token }, { network: this.#options.network });
    const signal = AbortSignal.timeout(this.#options.limitMs ?? TEST_LIMIT_MS);
    try {
      const ping = await client.ping(signal);
      this.#missing.found(url);
      return (await complaint(client, ping, signal)) ?? this.#describe(url, ping);
    } catch (cause) {
      return diagnose(cause, { url, missingForMs: this.#missing.note(url, cause) });
    } finally {
      await client.close();
    }
  }

  #describe(url: string, ping: Ping): Omit<RemoteWorkerFound, 'ok' | 'latencyMs'> {
    const { identity, gpu, gpuName, diarization, provider, threads, models, slots, state, lifecycle } = ping;
    const { gitCommit, buildTime, version } = identity;
    return {
      ...{ identity: { gitCommit, buildTime }, gpu, gpuName, diarization },
      ...{ version, protocol: WORKER_PROTOCOL, provider, threads, slots, state },
      models: models.map(({ id }) => id),
      timesRealTime: this.#options.timesRealTime?.(url) ?? null,
      idleLeftMs: lifecycle.idleLeftMs,
    };
  }
}

/** It answers, and yet is of no use (yet). */
async function complaint(client: WorkerClient, ping: Ping, signal: AbortSignal): Promise<RemoteProblem | null> {
  if (isGpuIdle(ping)) return remoteProblem('gpu_not_used', `There is a GPU (${ping.gpuName}), but the worker computes on the CPU.`);
  if (ping.accepting || ping.state === 'busy') return null;
  const { status, message } = await client.health(signal);
  if (status === 'failed') return remoteProblem('engine_failed', message || 'The speech engine of the worker cannot be used.');
  return ping.state === 'booting' ? remoteProblem('pod_starting', message || 'The worker is there; its speech engine is still being loaded.') : null;
}
