import type { FetchableModel } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import type { WorkersStatus } from '../../src/dispatch/workers.ts';
import { resolveCompute } from '../../src/http/resolve-compute.ts';
import { resolveOptions } from '../../src/http/resolve-options.ts';
import { english, upAndReady } from './test-app.ts';

const there: WorkersStatus = { ...upAndReady, models: [english, { ...english, id: 'large-v3-turbo', default: false }] };
const tiny: FetchableModel = { ...english, id: 'tiny', languages: ['de', 'en'], default: false, maxBytes: 156_000_000 };
const withPod: WorkersStatus = { ...there, fetchable: [tiny], routing: { ...there.routing, mode: 'optional', choices: ['auto', 'gpu', 'cpu'] } };

it.each(['turbo', 'large-v3-turbo', 'openai/whisper-large-v3-turbo'])('a job may call its model %s', (model) => {
  expect(resolveOptions({ input: { model }, status: there }).model).toBe('large-v3-turbo');
});

describe('a model that no worker has', () => {
  it('may be asked for where a remote worker can fetch it, with what it will be able to do', () => {
    expect(resolveOptions({ input: { model: 'openai/whisper-tiny', language: 'de' }, status: withPod })).toMatchObject({
      model: 'tiny',
      language: 'de',
    });
    expect(() => resolveOptions({ input: { model: 'tiny', language: 'xx' }, status: withPod })).toThrow('xx');
  });

  it.each<[string, WorkersStatus, string]>([
    ['openai/whisper-tiny', there, 'the remote worker, which could fetch it, is off'],
    ['openai/whisper-tiny', { ...withPod, fetchable: [] }, 'no remote worker can fetch it. Install it here: npm run cli -- models install tiny.'],
    ['mine', withPod, 'There is no model "mine".'],
  ])('is not found where none can: %s', (model, status, message) => {
    const asking = () => resolveOptions({ input: { model }, status, path: 'options.' });
    expect(asking).toThrow(expect.objectContaining({ code: 'model_not_found', field: 'options.model', message: expect.stringContaining(message) }));
  });

  it('is not fetched by this computer for a job that stays here', () => {
    expect(resolveCompute('auto', 'tiny', withPod)).toBe('auto');
    expect(() => resolveCompute('cpu', 'tiny', withPod)).toThrow('does not have the model tiny');
    expect(resolveCompute('cpu', english.id, withPod)).toBe('cpu');
  });
});
