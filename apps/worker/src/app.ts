/**
 * The worker: takes tasks, receives their inputs, has the engine transcribe them, keeps the results until they are acknowledged.
 *
 *   client → routes → task store (disk) → task runner → engine
 *
 * How long it lives is the lifecycle's business (`life/`). Everything comes in as arguments; nothing is kept in the module.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { AppError, type Identity, WORKER_HEADER, WORKER_PROTOCOL } from '@bulk-transcribe/protocol';
import { bearerToken, sameSecret, taskToken, useErrorEdge } from '@bulk-transcribe/service';
import type { Engine } from '@bulk-transcribe/speech';
import { fastifySSE } from '@fastify/sse';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import type { Logger } from 'pino';
import { answerBrokenRequest, answerBrokenUrl } from './broken-request.ts';
import type { Config } from './config.ts';
import type { FetchModel } from './engine/fetch-model.ts';
import { ModelPreparations } from './engine/model-preparations.ts';
import type { Lifecycle } from './life/lifecycle.ts';
import type { Unfetched } from './life/rescue-results.ts';
import { Puller, type PullerOptions } from './pull/puller.ts';
import { addCheckRoutes } from './routes/checks.ts';
import { addEventsRoute } from './routes/events.ts';
import { addEvidenceRoute } from './routes/evidence.ts';
import { addHealthRoute } from './routes/health.ts';
import { addInputRoutes } from './routes/input.ts';
import { addLifeRoutes } from './routes/life.ts';
import { addModelRoutes } from './routes/models.ts';
import { addPingRoute } from './routes/ping.ts';
import { addResultRoute } from './routes/result.ts';
import type { WorkerApp } from './routes/route-schemas.ts';
import { addSettleRoutes } from './routes/settle.ts';
import { addTaskRoutes } from './routes/tasks.ts';
import { addWindowsRoute } from './routes/windows.ts';
import { selfTester } from './self-test.ts';
import { TaskRunner } from './tasks/task-runner.ts';
import { TaskStore } from './tasks/task-store.ts';

/** RunPod's proxy cuts a request after 100 s; nothing that takes longer can arrive. */
const REQUEST_TIMEOUT_MS = 100_000;
/** Longer than clients keep their idle connections, so that they close first. */
const KEEP_ALIVE_MS = 72_000;
/** Largest JSON body: options with a full prompt are about 5 KB. */
const JSON_LIMIT_BYTES = 64 * 1024;
/** A comment on idle event streams, so that no proxy takes them for dead. */
const HEARTBEAT_MS = 15_000;

export interface WorkerOptions {
  readonly config: Pick<Config, 'WORKER_TOKEN' | 'DATA_ROOT' | 'MODEL'>;
  readonly identity: Identity;
  readonly engine: Engine;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
  /** Fetches models: that of the settings before the engine is loaded, others when they are asked for; left out where none can be. */
  readonly fetchModel?: FetchModel;
  /** The GPU that is paid for (paid-gpu.ts); left out where none is. */
  readonly paidGpu?: string | null;
  /** Where jobs are pulled from; left out where they only come over HTTP. */
  readonly pull?: Omit<PullerOptions, 'store' | 'lifecycle' | 'slots' | 'needModel' | 'log'> | undefined;
  /** Wait before loading a failed engine again. */
  readonly engineRetryMs?: number;
}

export interface Worker {
  readonly app: FastifyInstance;
  /** Breaks off what runs, ends event streams and waits until all is on disk. The app goes on answering. */
  readonly settle: () => Promise<void>;
  /** Results that wait to be fetched. */
  readonly unfetched: () => readonly Unfetched[];
}

/** Builds the worker and begins to load the engine. Closing the app settles it; the engine itself stays with the caller. */
export async function buildWorker({
  config,
  identity,
  engine,
  lifecycle,
  log,
  engineRetryMs,
  fetchModel,
  paidGpu = null,
  pull,
}: WorkerOptions): Promise<Worker> {
  const store = await TaskStore.open(config.DATA_ROOT, log);
  const runner = new TaskRunner({ engine, model: config.MODEL, store, lifecycle, log, engineRetryMs, fetchModel });
  const preparations = new ModelPreparations({ engine, fetchModel, lifecycle, log });
  const app = createApp(log);
  const noteBacklog = () => lifecycle.backlogIs(store.backlog);
  store.on('changed', noteBacklog);
  noteBacklog();

  addHealthRoute(app, lifecycle, () => preparations.list());
  await app.register(
    (v1: WorkerApp, _options, done) => {
      requireToken(v1, config.WORKER_TOKEN, lifecycle);
      const self = { lifecycle, dataRoot: config.DATA_ROOT, paidGpu };
      addPingRoute(v1, { ...self, identity, instance: randomUUID(), store, engine, preparations });
      addCheckRoutes(v1, { ...self, selfTest: selfTester({ engine, lifecycle }) });
      addModelRoutes(v1, preparations);
      addLifeRoutes(v1, lifecycle);
      addTaskRoutes(v1, { store, lifecycle });
      addWindowsRoute(v1, { store, lifecycle });
      addInputRoutes(v1, { store, lifecycle });
      addEventsRoute(v1, store);
      addResultRoute(v1, store);
      addEvidenceRoute(v1, store);
      addSettleRoutes(v1, store);
      done();
    },
    { prefix: '/v1' },
  );

  const needModel: PullerOptions['needModel'] = (name, signal) => preparations.need(name, signal);
  const puller = pull ? await Puller.start({ ...pull, store, lifecycle, slots: engine.slots, needModel, log }) : null;
  const settle = async () => {
    await puller?.close();
    await Promise.all([runner.close(), preparations.close()]);
    await store.close();
  };
  app.addHook('preClose', async () => {
    lifecycle.terminate('signal');
    await settle();
  });
  app.addHook('onClose', () => lifecycle.terminated());
  runner.start();
  return { app, settle, unfetched: () => store.unfetched };
}

/** A worker that could not be put together: it answers nobody but says why, for as long as its life lasts. */
export function buildBrokenWorker(lifecycle: Lifecycle, log: Logger): FastifyInstance {
  const app = createApp(log);
  addHealthRoute(app, lifecycle);
  app.addHook('onClose', () => lifecycle.terminated());
  return app;
}

function createApp(log: Logger): WorkerApp {
  const app = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    serverFactory: (handler) =>
      createServer({ requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS }, withMarker(handler as RequestListener)),
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: answerBrokenUrl,
    bodyLimit: JSON_LIMIT_BYTES,
    forceCloseConnections: true,
    return503OnClosing: false,
    genReqId: (request) => requestId(request.headers['x-request-id']),
  });
  useErrorEdge(app);
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.removeContentTypeParser('text/plain');
  app.register(fastifySSE, { heartbeatInterval: HEARTBEAT_MS });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    request.log.debug({ req: request, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request');
  });
  return app.withTypeProvider();
}

/** The marker stands on every answer, also on those that no route gives: a proxy's 404 is told from ours by it. */
const withMarker =
  (handler: RequestListener): RequestListener =>
  (request, response) => {
    response.setHeader(WORKER_HEADER, WORKER_PROTOCOL);
    handler(request, response);
  };

/** The client's own request id where it is harmless in a log line, else a new one. */
const requestId = (given: string | string[] | undefined): string =>
  typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();

/** Whether the token is the one of the task that the request is about. */
function opensTask({ routeOptions, params }: FastifyRequest, given: string, workerToken: string): boolean {
  const { id } = params as { id?: string };
  return id !== undefined && (routeOptions.url ?? '').startsWith('/v1/tasks/:id') && sameSecret(given, taskToken(workerToken, id));
}

function requireToken(app: WorkerApp, expected: string, lifecycle: Lifecycle): void {
  app.addHook('onRequest', async (request) => {
    if (!expected) throw new AppError('worker_unavailable', 'This worker was started without WORKER_TOKEN and takes no work.');
    const given = bearerToken(request.headers.authorization);
    if (given === null) throw new AppError('unauthorized', 'The request carries no worker token.');
    if (!sameSecret(given, expected) && !opensTask(request, given, expected))
      throw new AppError('unauthorized', 'The worker token is not the right one.');
    lifecycle.contact();
  });
}
