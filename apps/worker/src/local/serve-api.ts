/**
 * A serverless endpoint on this machine, for trying clients: the routes of RunPod's own worker with `--rp_serve_api`. As there, `/run` only
 * keeps a job; the first call that asks for its result does it, and forgets it. RunPod's platform is asked by GET, its local worker by POST: both do.
 */
import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyInstance } from 'fastify';
import { doJob, type LocalParts } from './do-job.ts';
import { KeptJobs } from './kept-jobs.ts';

export interface ServeApiOptions extends LocalParts {
  /** May audio be a file of this machine? Only where nobody else can ask. */
  readonly ownFiles: boolean;
}

/** A recording may come along as base64. */
const BODY_LIMIT_BYTES = 64 * 1024 * 1024;

const JobRequest = Type.Object({
  input: Type.Object({}, { additionalProperties: true }),
  webhook: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});
const withId = { schema: { params: Type.Object({ id: Type.String() }) } };

const unknownJob = (id: string) => ({ id, status: 'FAILED', error: 'Job ID not found' });
const NO_STREAM = 'Stream not supported, handler must be a generator. (This one is where the input says "stream": true.)';

/** Not listening yet. Closing it breaks off the job that is done. */
export function buildApi(options: ServeApiOptions): FastifyInstance {
  const app = fastify({ bodyLimit: BODY_LIMIT_BYTES, forceCloseConnections: true });
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());
  const { ownFiles, log } = options;
  const jobs = new KeptJobs((job, onWindow) => doJob(job, options, { ownFiles, signal: closing.signal, onWindow }), log);
  addJobRoutes(app, jobs);
  addResultRoutes(app, jobs);
  return app;
}

function addJobRoutes(app: FastifyInstance, jobs: KeptJobs): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>();
  const body = { schema: { body: JobRequest } };
  api.post('/run', body, async (request) => ({ id: jobs.keep(request.body).id, status: 'IN_PROGRESS' }));
  api.post('/runsync', body, async (request) => {
    const job = jobs.keep(request.body);
    return await result(jobs, job.id);
  });
  api.post('/cancel/:id', withId, async ({ params: { id } }) => (jobs.forget(id) ? { id, status: 'CANCELLED' } : unknownJob(id)));
  api.get('/health', async () => jobs.health);
}

function addResultRoutes(app: FastifyInstance, jobs: KeptJobs): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>();
  const method = ['GET', 'POST'];
  api.route({ ...withId, method, url: '/status/:id', handler: async ({ params: { id } }) => await result(jobs, id) });
  api.route({ ...withId, method, url: '/stream/:id', handler: async ({ params: { id } }) => await stream(jobs, id) });
}

async function result(jobs: KeptJobs, id: string) {
  const job = jobs.find(id);
  if (!job) return unknownJob(id);
  const outcome = await jobs.do(job);
  if ('error' in outcome) return { id, status: 'FAILED', ...outcome };
  jobs.tell(job, outcome);
  return { id, status: 'COMPLETED', ...outcome };
}

/** All parts at once, when the job is done: as RunPod's local worker answers. */
async function stream(jobs: KeptJobs, id: string) {
  const job = jobs.find(id);
  if (!job) return unknownJob(id);
  if (!('stream' in job.input) || job.input.stream !== true) return { id, status: 'FAILED', error: NO_STREAM };
  const parts: { output: unknown }[] = [];
  const outcome = await jobs.do(job, (output) => parts.push({ output }));
  if ('error' in outcome) return { id, status: 'FAILED', ...outcome };
  jobs.tell(job, parts);
  return { id, status: 'COMPLETED', stream: parts };
}
