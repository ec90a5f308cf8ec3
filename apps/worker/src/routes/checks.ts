import { Preflight, SelfTest } from '@bulk-transcribe/protocol';
import { type PreflightParts, preflight } from '../preflight.ts';
import { errorResponses, type WorkerApp } from './route-schemas.ts';

/** What a person wants to know before they send recordings: is all as it should be, and how fast is it. */
export function addCheckRoutes(app: WorkerApp, { selfTest, ...parts }: PreflightParts & { readonly selfTest: () => Promise<SelfTest> }): void {
  app.get('/preflight', { schema: { response: { 200: Preflight, ...errorResponses } } }, async () => await preflight(parts));
  app.post('/self-test', { schema: { response: { 200: SelfTest, ...errorResponses } } }, async () => await selfTest());
}
