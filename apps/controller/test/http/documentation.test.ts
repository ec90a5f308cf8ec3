import { readFileSync } from 'node:fs';
import { errorTable } from '@bulk-transcribe/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from './test-app.ts';

interface Operation {
  summary?: string;
  tags?: string[];
  responses: Record<string, { description: string; headers?: object; content?: Record<string, { schema: object }> }>;
}
interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

describe('the documentation', () => {
  let app: TestApp;
  let document: OpenApi;
  beforeAll(async () => {
    app = await startTestApp();
    document = (await (await fetch(`${app.url}/docs/json`)).json()) as OpenApi;
  });
  afterAll(() => app.close());

  const operations = (): [string, Operation][] =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method.toUpperCase()} ${path}`, operation]),
    );

  it('is found where clients look for it', async () => {
    expect(await (await fetch(`${app.url}/openapi.json`)).json()).toEqual(document);
  });

  it('names every route', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(
      operations()
        .map(([name]) => name)
        .sort(),
    ).toEqual([
      'DELETE /api/admin/models/{name}',
      'DELETE /api/admin/remote-workers/{name}',
      'DELETE /api/jobs/{id}',
      'DELETE /api/recordings/{id}',
      'DELETE /api/session/data',
      'DELETE /api/uploads/{id}',
      'GET /api/admin/models',
      'GET /api/admin/models/{name}',
      'GET /api/admin/overview',
      'GET /api/admin/remote-worker',
      'GET /api/admin/remote-workers',
      'GET /api/admin/system',
      'GET /api/events',
      'GET /api/export',
      'GET /api/jobs',
      'GET /api/jobs/{id}',
      'GET /api/jobs/{id}/export',
      'GET /api/jobs/{id}/voices',
      'GET /api/recordings',
      'GET /api/recordings/{id}',
      'GET /api/recordings/{id}/media',
      'GET /api/search',
      'GET /api/system',
      'GET /api/tasks/{id}/export',
      'GET /api/tasks/{id}/transcript',
      'GET /healthz',
      'GET /metrics',
      'GET /readyz',
      'GET /v1/models',
      'GET /v1/models/{id}',
      'HEAD /api/uploads/{id}',
      'OPTIONS /api/uploads',
      'PATCH /api/admin/remote-workers/{name}',
      'PATCH /api/jobs/{id}',
      'PATCH /api/tasks/{id}/transcript',
      'PATCH /api/uploads/{id}',
      'POST /api/access',
      'POST /api/admin/models',
      'POST /api/admin/remote-worker',
      'POST /api/admin/remote-worker/test',
      'POST /api/admin/remote-workers',
      'POST /api/admin/remote-workers/{name}/test',
      'POST /api/admin/tasks/{id}/cancel',
      'POST /api/admin/tasks/{id}/retry',
      'POST /api/admin/workers/{name}/drain',
      'POST /api/admin/workers/{name}/keep',
      'POST /api/jobs',
      'POST /api/jobs/{id}/cancel',
      'POST /api/recordings',
      'POST /api/recordings/known',
      'POST /api/recordings/sample',
      'POST /api/session/recover',
      'POST /api/session/recovery-code',
      'POST /api/tasks/{id}/cancel',
      'POST /api/tasks/{id}/retry',
      'POST /api/tasks/{id}/speakers',
      'POST /api/tasks/{id}/speakers/cancel',
      'POST /api/uploads',
      'POST /v1/audio/transcriptions',
      'POST /v1/audio/translations',
    ]);
  });

  it('gives every route a summary, a group, an answer and its errors', () => {
    for (const [name, { summary, tags, responses }] of operations()) {
      expect(summary, name).toMatch(/^[A-Z].{5,}/);
      expect(tags, name).toHaveLength(1);
      const [success] = Object.keys(responses).filter((status) => status.startsWith('2'));
      expect(success, name).toBeDefined();
      const { content = {}, headers = {} } = responses[success ?? ''] ?? {};
      if (success !== '204') expect(Object.keys({ ...content, ...headers }), name).not.toEqual([]);
      for (const [status, response] of Object.entries(responses).filter(([status]) => Number(status) >= 400)) {
        expect(response.description, name).toMatch(/^`[a-z_]+`: /);
        const body = name.includes(' /v1/') ? 'OpenAiError' : 'ErrorBody';
        expect(response.content?.['application/json']?.schema, `${name} ${status}`).toEqual({ $ref: `#/components/schemas/${body}` });
      }
      expect(responses['500']?.description, name).toContain(errorTable.internal.hint);
    }
  });

  it('refers to nothing that is not there', () => {
    const references = JSON.stringify(document).match(/#\/components\/schemas\/\w+/g) ?? [];
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) expect(document.components.schemas).toHaveProperty(reference.split('/').at(-1) ?? '');
  });

  it('is what the guide to pods asks of the API, call by call', () => {
    const guide = readFileSync(new URL('../../../../docs/pod-per-session.md', import.meta.url), 'utf8');
    const calls = [...guide.matchAll(/^admin \$base(\S+)(.*)$/gm)].map(([, path = '', rest = '']) => {
      const method = /-X (\w+)/.exec(rest)?.[1] ?? (rest.includes('-d ') ? 'POST' : 'GET');
      return `${method} /api/admin${path.replace(/\/(NAME|pod-b)(?=\/|$)/, '/{name}')}`;
    });
    expect(calls.length).toBeGreaterThan(10);
    const known = operations().map(([name]) => name);
    expect(calls.filter((call) => !known.includes(call))).toEqual([]);
  });

  it('can be read in a browser without inline scripts', async () => {
    const page = await (await fetch(`${app.url}/docs/`)).text();
    const scripts = [...page.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)];
    expect(scripts.length).toBeGreaterThan(1);
    for (const [tag, content] of scripts) {
      expect(content?.trim()).toBe('');
      const source = /src="([^"]+)"/.exec(tag)?.[1] ?? '';
      expect((await fetch(new URL(source, `${app.url}/docs/`))).status).toBe(200);
    }
    expect(page).not.toMatch(/ on\w+=|<style|style=/);
  });
});
