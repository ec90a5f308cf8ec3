/** One worker in one process: its parts in the order in which they start, and the ways in which they end. */
import { mkdirSync } from 'node:fs';
import { openBucket } from '@bulk-transcribe/bucket';
import { type Identity, WORKER_PROTOCOL } from '@bulk-transcribe/protocol';
import { RunpodClient } from '@bulk-transcribe/runpod';
import { bucketOptions, bucketProblem, closeOnSignal, createLogger, explainStart, lockDirectory, readIdentity } from '@bulk-transcribe/service';
import type { Engine } from '@bulk-transcribe/speech';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { buildBrokenWorker, buildWorker, type Worker } from './app.ts';
import { type Config, projectRoot } from './config.ts';
import type { FetchModel } from './engine/fetch-model.ts';
import { fit, fitnessOf } from './fitness/fitness.ts';
import { systemClock } from './life/clock.ts';
import { endOfLife } from './life/end-of-life.ts';
import { Lifecycle } from './life/lifecycle.ts';
import { countLifetime } from './life/lifetime.ts';
import { limitsOf } from './life/limits.ts';
import type { Platform } from './life/platform.ts';
import { rescueResults } from './life/rescue-results.ts';
import { tellLife } from './life/tell-life.ts';
import { outlivesRestart } from './life/volume.ts';
import { logLevel } from './log-level.ts';
import { paidGpu } from './paid-gpu.ts';
import type { JobServer } from './pull/job-server.ts';
import { pullFrom } from './pull/pull-from.ts';
import { pulls } from './pull/pull-settings.ts';

/** A predecessor that is being killed holds the directory for a moment longer. */
const LOCK_WAIT_MS = 5_000;
/** Whoever stops a container kills it 5 s later; what runs gets most of that to finish. A controller stops its child without waiting. */
const SIGNAL_DRAIN_MS = process.channel ? 0 : 3_000;

/** Longest wait for everything to close; then the process ends all the same. */
const CLOSE_MS = 10_000;

/** What stands behind the HTTP door. */
interface EngineParts {
  /** Nothing is loaded before its `prepare`. */
  readonly engine: Engine;
  readonly fetchModel?: FetchModel;
}

export type CreateEngine = (config: Config, log: Logger) => EngineParts;

export class WorkerProcess {
  readonly #config: Config;
  readonly #platform: Platform;
  readonly #log: Logger;
  readonly #lifecycle: Lifecycle;
  readonly #client: RunpodClient;
  readonly #identity: Identity;
  readonly #userAgent: string;
  readonly #ending = new AbortController();
  #app: FastifyInstance | undefined;
  #engine: Engine | undefined;
  #lock: Disposable | undefined;
  #settle = async (): Promise<void> => undefined;
  #unfetched: Worker['unfetched'] = () => [];

  constructor(config: Config, platform: Platform) {
    this.#config = config;
    this.#platform = platform;
    this.#log = createLogger('worker', { level: logLevel(config), format: config.LOG_FORMAT });
    this.#lifecycle = new Lifecycle({ clock: systemClock, limits: limitsOf(config, platform), platform });
    this.#identity = readIdentity(projectRoot, { gitCommit: config.GIT_COMMIT, buildTime: config.BUILD_TIME });
    this.#userAgent = `bulk-transcribe/${this.#identity.version} (worker; protocol ${WORKER_PROTOCOL})`;
    this.#client = new RunpodClient({ baseUrl: config.RUNPOD_API_BASE_URL, userAgent: this.#userAgent });
  }

  /** Lives in the background once this resolves. `problems`: what is wrong with the settings. Rejects outside a pod only. */
  async run(createEngine: CreateEngine, problems: readonly string[]): Promise<void> {
    this.#prepareEnds();
    const missing = this.#config.WORKER_TOKEN || pulls(this.#config) ? [] : ['WORKER_TOKEN is not set. Set it and start the worker again.'];
    this.#closeIntake([...problems, ...missing, bucketProblem(this.#config)].filter(Boolean).join(' '));
    this.#countLifetime();
    try {
      await this.#open(createEngine);
    } catch (cause) {
      if (this.#platform.kind !== 'pod') throw cause;
      this.#closeIntake(explainStart(cause));
      await this.#openBroken();
    }
  }

  /** First of all: a parent that is gone, or an end of life, must end us before we listen, too. */
  #prepareEnds(): void {
    const [log, lifecycle, platform] = [this.#log, this.#lifecycle, this.#platform];
    closeOnSignal(log, async (reason) => {
      await this.#drainQuickly(reason);
      await this.#close();
    });
    tellLife({ lifecycle, platform, limits: limitsOf(this.#config, platform), log });
    endOfLife({
      lifecycle,
      platform,
      client: this.#client,
      graphql: this.#config.RUNPOD_GRAPHQL_FALLBACK === 'true',
      clock: systemClock,
      log,
      signal: this.#ending.signal,
      settle: async () => {
        await this.#settle();
        // A pod that waits for its deletion needs no engine in its GPU any more.
        await this.#engine?.close();
      },
      rescue: async () => await this.#rescue(),
      exit: async (code) => {
        setTimeout(() => process.exit(code), CLOSE_MS).unref();
        await this.#close();
        process.exit(code);
      },
    });
    if (platform.kind !== 'pod') return;
    const survive = (err: unknown) => {
      log.fatal({ err }, 'an error that nobody foresaw; the worker takes no more work');
      lifecycle.closeIntake('An error that nobody foresaw has closed this worker; its log says more.');
    };
    process.on('uncaughtException', survive);
    process.on('unhandledRejection', survive);
  }

  #closeIntake(because: string): void {
    if (!because) return;
    this.#log.error(because);
    this.#lifecycle.closeIntake(because);
  }

  #countLifetime(): void {
    const { HARD_DEADLINE_EPOCH: deadlineSec, MAX_LIFETIME: lifetimeMs, DATA_ROOT: folder } = this.#config;
    const [lifecycle, platform] = [this.#lifecycle, this.#platform];
    if (deadlineSec > 0 && platform.kind !== 'serverless') lifecycle.lifetimeIs(deadlineSec * 1000 - systemClock.wall(), 'deadline');
    if (deadlineSec > 0 || platform.kind !== 'pod') return;
    lifecycle.lifetimeIs(lifetimeMs, 'boot');
    void countLifetime({ client: this.#client, folder, platform, lifecycle, clock: systemClock, lifetimeMs, log: this.#log });
  }

  async #open(createEngine: CreateEngine): Promise<void> {
    const [config, lifecycle, log] = [this.#config, this.#lifecycle, this.#log];
    // A lifetime that is over already: nothing is begun any more.
    if (lifecycle.state !== 'booting') return await this.#openBroken();
    mkdirSync(config.DATA_ROOT, { recursive: true, mode: 0o700 });
    this.#lock = lockDirectory(config.DATA_ROOT, LOCK_WAIT_MS);
    lifecycle.volumeIs(outlivesRestart(config.DATA_ROOT, this.#platform));
    const pull = pullFrom(config, { workerId: this.#platform.workerId, userAgent: this.#userAgent });
    const { engine: plain, ...parts } = createEngine(config, log);
    const engine = pull ? await this.#fitEngine(plain, pull.server) : plain;
    this.#engine = engine;
    const { app, settle, unfetched } = await buildWorker({
      config,
      identity: this.#identity,
      engine,
      ...parts,
      pull,
      paidGpu: paidGpu(this.#platform),
      lifecycle,
      log,
    });
    this.#settle = settle;
    this.#unfetched = unfetched;
    await this.#listen(app);
  }

  /** On serverless a worker that could do no job well ends before it takes one. */
  async #fitEngine(engine: Engine, server: JobServer): Promise<Engine> {
    if (this.#platform.kind !== 'serverless') return engine;
    const tell = async (check: string, reason: string) => await server.unfit(check, reason);
    const wanted = fitnessOf(this.#config, paidGpu(this.#platform));
    return await fit(engine, { ...wanted, tell, exit: (code) => process.exit(code), log: this.#log });
  }

  /** Without an address, too, the life goes on and comes to its end. */
  async #openBroken(): Promise<void> {
    const app = buildBrokenWorker(this.#lifecycle, this.#log);
    await this.#listen(app).catch((err: unknown) => this.#log.error({ err }, 'the worker cannot listen'));
  }

  async #listen(app: FastifyInstance): Promise<void> {
    this.#app = app;
    const { PORT: port, HOST: host } = this.#config;
    const url = await app.listen({ port, host, listenTextResolver: (address) => `listening on ${address}` });
    process.send?.({ type: 'listening', url }, () => undefined);
  }

  /** Lets a task that is about to end do so; its result goes to disk. */
  async #drainQuickly(reason: string): Promise<void> {
    const lifecycle = this.#lifecycle;
    const ending = new Promise<void>((resolve) => {
      lifecycle.on('change', ({ to }) => to === 'terminating' && resolve());
      if (lifecycle.state === 'terminating' || lifecycle.state === 'terminated') resolve();
    });
    lifecycle.drain('signal', reason.startsWith('SIG') ? SIGNAL_DRAIN_MS : 0);
    await ending;
  }

  async #rescue(): Promise<void> {
    const options = bucketOptions(this.#config);
    if (!options) return;
    using bucket = openBucket(options);
    await rescueResults(this.#unfetched(), { bucket, log: this.#log });
  }

  async #close(): Promise<void> {
    this.#ending.abort();
    await this.#app?.close();
    await this.#engine?.close();
    this.#lock?.[Symbol.dispose]();
  }
}
