import { Health, type ModelPreparation } from '@bulk-transcribe/protocol';
import type { Lifecycle } from '../life/lifecycle.ts';
import type { WorkerApp } from './route-schemas.ts';

/** For platforms and people: whether this process lives and why it may not take work. Always 200: an answer means alive. */
export function addHealthRoute(app: WorkerApp, lifecycle: Lifecycle, preparing: () => ModelPreparation[] = () => []): void {
  app.get('/health', { schema: { response: { 200: Health } } }, () => ({ ...lifecycle.health, preparing: preparing() }));
}
