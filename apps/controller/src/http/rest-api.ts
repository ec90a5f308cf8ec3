import type { FastifyInstance } from 'fastify';
import type { Parts } from './parts.ts';
import { eventRoutes } from './routes/events.ts';
import { jobRoutes } from './routes/jobs.ts';
import { mediaRoutes } from './routes/media.ts';
import { recordingRoutes } from './routes/recordings.ts';
import { storedRecordingRoutes } from './routes/stored-recordings.ts';
import { systemRoutes } from './routes/system.ts';
import { taskRoutes } from './routes/tasks.ts';
import { transcriptRoutes } from './routes/transcripts.ts';
import { uploadRoutes } from './routes/uploads.ts';

/** What the pages and other programs use. Every request has a session: its token's, else its browser's. */
export const restApi = (parts: Parts) => async (app: FastifyInstance) => {
  const { sessions, tokens } = parts;
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    request.sessionId = (await tokens.sessionOf(request, reply)) ?? sessions.ofBrowser(request, reply);
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
    eventRoutes,
  ]) {
    await app.register(routes(parts));
  }
};
