import type { FastifyInstance } from 'fastify';
import type { Parts } from './parts.ts';
import { eventRoutes } from './routes/events.ts';
import { exportManyRoutes } from './routes/export-many.ts';
import { jobRoutes } from './routes/jobs.ts';
import { keepJobRoute } from './routes/keep-job.ts';
import { mediaRoutes } from './routes/media.ts';
import { recordingRoutes } from './routes/recordings.ts';
import { searchRoutes } from './routes/search.ts';
import { sessionRoutes } from './routes/session.ts';
import { speakerRoutes } from './routes/speakers.ts';
import { storedRecordingRoutes } from './routes/stored-recordings.ts';
import { systemRoutes } from './routes/system.ts';
import { taskRoutes } from './routes/tasks.ts';
import { transcriptRoutes } from './routes/transcripts.ts';
import { uploadRoutes } from './routes/uploads.ts';

/** What the pages and other programs use. Every request has a session: its token's, else that of its browser, which has given the password where one is set. */
export const restApi = (parts: Parts) => async (app: FastifyInstance) => {
  const { access, sessions, tokens } = parts;
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const tokenSession = await tokens.sessionOf(request, reply);
    if (tokenSession === null) access.require(request);
    request.sessionId = tokenSession ?? sessions.ofBrowser(request, reply);
  });
  for (const routes of [
    systemRoutes,
    recordingRoutes,
    storedRecordingRoutes,
    uploadRoutes,
    mediaRoutes,
    jobRoutes,
    taskRoutes,
    transcriptRoutes,
    speakerRoutes,
    exportManyRoutes,
    searchRoutes,
    eventRoutes,
    keepJobRoute,
    sessionRoutes,
  ]) {
    await app.register(routes(parts));
  }
};
