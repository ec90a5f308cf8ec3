/** The controller's HTTP side: everything it works with comes in as arguments. */

import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { useErrorEdge } from '@bulk-transcribe/service';
import { SpeakersThread } from '@bulk-transcribe/speech/speakers';
import { fastifySSE } from '@fastify/sse';
import fastifyStatic from '@fastify/static';
import { type FastifyInstance, fastify, LogController } from 'fastify';
import type { Logger } from 'pino';
import { type Config, projectRoot } from './config.ts';
import { useAccess } from './http/access.ts';
import { adminApi } from './http/admin-api.ts';
import { useApiTokens } from './http/api-tokens.ts';
import { closingSignal } from './http/closing.ts';
import { useDocs } from './http/docs.ts';
import { useHostCheck } from './http/host-check.ts';
import { useOriginCheck } from './http/origin-check.ts';
import { pages } from './http/pages.ts';
import type { GivenParts, Parts } from './http/parts.ts';
import { useRequestLog } from './http/request-log.ts';
import { restApi } from './http/rest-api.ts';
import { accessRoutes } from './http/routes/access.ts';
import { healthRoutes } from './http/routes/health.ts';
import { metricsRoutes } from './http/routes/metrics.ts';
import { useSecurityHeaders } from './http/security-headers.ts';
import { buildSerializer } from './http/serializers.ts';
import { readSessionKey } from './http/session-key.ts';
import { useSessions } from './http/sessions.ts';
import { addSharedSchemas } from './http/shared-schemas.ts';
import { openAiApi } from './openai/openai-api.ts';

export interface AppOptions extends GivenParts, Partial<Pick<Parts, 'listenerSilenceMs'>> {
  readonly log: Logger;
  /** The built pages. */
  readonly webRoot?: string;
}

const builtPages = path.join(projectRoot, 'apps', 'web', 'dist');
/** A proxy that went silent between events would cut the stream; 15 s is below every usual limit. */
const HEARTBEAT_MS = 15_000;
/** Four heartbeats that nobody took. */
const LISTENER_SILENCE_MS = 60_000;

export async function buildApp({
  log,
  webRoot = builtPages,
  listenerSilenceMs = LISTENER_SILENCE_MS,
  ...given
}: AppOptions): Promise<FastifyInstance> {
  const { config, files, metrics } = given;
  const app = bareApp(config, log);
  const https = config.CONTROLLER_BASE_URL.startsWith('https:');
  const closing = closingSignal(app);

  useErrorEdge(app);
  useRequestLog(app, metrics);
  await useSecurityHeaders(app, https);
  useHostCheck(app, { baseUrl: config.CONTROLLER_BASE_URL, names: config.ALLOWED_HOSTS });
  useOriginCheck(app, config.CONTROLLER_BASE_URL);
  const key = await readSessionKey(config.DATA_ROOT);
  const sessions = await useSessions(app, { key, https });
  const tokens = await useApiTokens(app, config.API_TOKENS);
  const access = useAccess(app, { config, key, https });
  const speakers = new SpeakersThread();
  app.addHook('onClose', () => speakers.close());
  const parts: Parts = { ...given, speakers, sessions, access, tokens, listenerSilenceMs, closing };

  addSharedSchemas(app);
  await useDocs(app, parts);
  await app.register(fastifySSE, { heartbeatInterval: HEARTBEAT_MS });
  await app.register(fastifyStatic, { root: files.folder, serve: false });
  await app.register(healthRoutes(parts));
  await app.register(metricsRoutes(parts));
  await app.register(accessRoutes(parts), { prefix: '/api' });
  await app.register(adminApi(parts), { prefix: '/api/admin' });
  await app.register(restApi(parts), { prefix: '/api' });
  await app.register(openAiApi(parts), { prefix: '/v1' });
  await app.register(pages(webRoot, sessions));
  return app;
}

function bareApp(config: Config, log: Logger): FastifyInstance {
  return fastify({
    loggerInstance: log,
    // Our own line says it in one (request-log.ts).
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    // X-Forwarded-* is believed only where a proxy is known to stand in front, and only what that one wrote.
    trustProxy: config.CONTROLLER_BASE_URL !== '' && ((_address, hop) => hop === 0),
    // An upload may take hours, and so may the answer of a transcription: no limit on either. What must not hang is limited
    // where it is read: headers here (Node's 60 s), silent uploads and event listeners in their routes.
    requestTimeout: 0,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    // TCP probes from the first idle minute on, so that routers do not forget a connection that waits for its transcript.
    http: { keepAlive: true, keepAliveInitialDelay: 60_000 },
    // What the schema does not allow is an error, not something to drop or to bend until it fits.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
    schemaController: { compilersFactory: { buildSerializer } },
  }) as unknown as FastifyInstance;
}
