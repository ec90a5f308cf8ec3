import { InputQuery, InputReceived, MAX_PART_BYTES, PART_SHA256_HEADER, Sha256 } from '@bulk-transcribe/protocol';
import { Type } from '@sinclair/typebox';
import type { Lifecycle } from '../life/lifecycle.ts';
import type { Task } from '../tasks/task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { countAsUpload } from './count-as-upload.ts';
import { errorResponses, TaskParams, type WorkerApp } from './route-schemas.ts';

const Part = Type.Uint8Array({ minByteLength: 1 });
const PartHeaders = Type.Object({ [PART_SHA256_HEADER]: Sha256 });
const response = { 200: InputReceived, ...errorResponses } as const;

/** Resumable upload of a task's input, in parts. */
export function addInputRoutes(app: WorkerApp, { store, lifecycle }: { store: TaskStore; lifecycle: Lifecycle }): void {
  app.get('/tasks/:id/input', { schema: { params: TaskParams, response } }, (request) => toReceived(store.find(request.params.id)));

  // A scope of its own, so that here nothing but bytes is taken, and bytes nowhere else.
  app.register((scope: WorkerApp, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/octet-stream', { parseAs: 'buffer', bodyLimit: MAX_PART_BYTES }, (_request, body, parsed) =>
      parsed(null, body),
    );
    scope.addHook('onRequest', countAsUpload(lifecycle));
    addPartRoute(scope, store);
    done();
  });
}

function addPartRoute(scope: WorkerApp, store: TaskStore): void {
  const schema = { params: TaskParams, querystring: InputQuery, headers: PartHeaders, body: Part, response };
  scope.put('/tasks/:id/input', { bodyLimit: MAX_PART_BYTES, schema }, async (request) => {
    const { offset } = request.query;
    const sha256 = request.headers[PART_SHA256_HEADER];
    return toReceived(await store.appendInput(request.params.id, { offset, bytes: request.body, sha256 }));
  });
}

const toReceived = ({ input, record }: Task): InputReceived => ({ received: input.received, size: record.request.input.size });
