import { DrainRequest, HoldRequest, LifecycleAnswer } from '@bulk-transcribe/protocol';
import type { Lifecycle } from '../life/lifecycle.ts';
import { errorResponses, type WorkerApp } from './route-schemas.ts';

/** Keeping the worker for a while, and sending it away. Both can be repeated. */
export function addLifeRoutes(app: WorkerApp, lifecycle: Lifecycle): void {
  const response = { 200: LifecycleAnswer, ...errorResponses } as const;
  app.post('/hold', { schema: { body: HoldRequest, response } }, (request) => {
    lifecycle.hold(request.body.ms);
    return { lifecycle: lifecycle.report };
  });
  app.post('/drain', { schema: { body: DrainRequest, response } }, () => {
    lifecycle.drain('drain');
    return { lifecycle: lifecycle.report };
  });
}
