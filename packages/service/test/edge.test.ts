import { Writable } from 'node:stream';
import { AppError, ErrorBody } from '@bulk-transcribe/protocol';
import { Value } from '@sinclair/typebox/value';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { bearerToken, createLogger, sameSecret, useErrorEdge } from '../src/index.ts';

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

function appThatThrows(error: unknown): FastifyInstance {
  app = Fastify({ bodyLimit: 10 });
  useErrorEdge(app);
  app.get('/', () => {
    throw error;
  });
  app.post(
    '/',
    { schema: { body: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'], additionalProperties: false } } },
    () => 'ok',
  );
  return app;
}

describe('errors at the edge', () => {
  it('an AppError keeps its status, message, hint and field', async () => {
    const answer = await appThatThrows(new AppError('language_not_supported', 'No Czech here.', { field: 'language' })).inject('/');
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toMatchObject({ code: 'language_not_supported', message: 'No Czech here.', field: 'language' });
    expect(Value.Check(ErrorBody, answer.json())).toBe(true);
  });

  it('an unknown error becomes "internal" and its text does not leave the house', async () => {
    const answer = await appThatThrows(new Error('password=hunter2 at /srv/secret')).inject('/');
    expect(answer.statusCode).toBe(500);
    expect(answer.json().error.code).toBe('internal');
    expect(answer.body).not.toMatch(/hunter2|secret/);
  });

  it.each(['ENOSPC', '53100'])('a full disk says so, met by Node or by PostgreSQL (%s)', async (code) => {
    const answer = await appThatThrows(new Error('wrapped', { cause: Object.assign(new Error('write'), { code }) })).inject('/');
    expect([answer.statusCode, answer.json().error.code]).toEqual([507, 'disk_full']);
  });

  it.each([
    ['a wrong field', { n: 'x' }, 400, 'invalid_request', 'n'],
    ['a missing field', {}, 400, 'invalid_request', 'n'],
    ['a body over the limit', { n: 123456789 }, 413, 'payload_too_large', undefined],
  ])('%s is named', async (_what, payload, status, code, field) => {
    const answer = await appThatThrows(null).inject({ method: 'POST', url: '/', payload });
    expect([answer.statusCode, answer.json().error.code, answer.json().error.field]).toEqual([status, code, field]);
  });

  it.each([
    ['GET', undefined],
    ['POST', 'application/x-www-form-urlencoded'],
    ['POST', 'application/json'],
  ] as const)('an address that is not there is not_found (%s of %s)', async (method, type) => {
    const answer = await appThatThrows(null).inject({
      method,
      url: '/nowhere?token=abc',
      ...(type && { headers: { 'content-type': type }, payload: 'a=b' }),
    });
    expect([answer.statusCode, answer.json().error.message]).toEqual([404, `There is no ${method} /nowhere.`]);
  });
});

describe('secrets', () => {
  it('are compared whole', () => {
    expect(sameSecret('abc', 'abc')).toBe(true);
    expect(sameSecret('abc', 'abd')).toBe(false);
    expect(sameSecret('', 'abc')).toBe(false);
  });

  it.each([
    ['Bearer abc', 'abc'],
    ['bearer  abc ', 'abc'],
    ['Basic abc', null],
    ['Bearer a b', null],
    [undefined, null],
  ])('%j carries %j', (header, token) => {
    expect(bearerToken(header)).toBe(token);
  });

  it('never reach a log line', () => {
    const lines: string[] = [];
    const destination = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const log = createLogger('test', { level: 'info', format: 'json' }, destination);
    log.info({ token: 's3cret', headers: { authorization: 'Bearer s3cret', cookie: 's3cret' }, worker: { token: 's3cret' } }, 'hello');
    log.info({ req: { method: 'GET', url: '/x?token=s3cret', headers: { authorization: 's3cret' } } }, 'request');
    expect(lines).toHaveLength(2);
    expect(lines.join('')).not.toContain('s3cret');
    expect(lines[1]).toContain('"path":"/x"');
  });
});
