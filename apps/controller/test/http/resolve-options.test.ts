import { expect, it } from 'vitest';
import { resolveOptions } from '../../src/http/resolve-options.ts';
import { english, upAndReady } from './test-app.ts';

const status = { ...upAndReady, models: [english, { ...english, id: 'large-v3-turbo', default: false }] };

it.each(['turbo', 'large-v3-turbo', 'openai/whisper-large-v3-turbo'])('a job may call its model %s', (model) => {
  expect(resolveOptions({ input: { model }, status }).model).toBe('large-v3-turbo');
});

it('a model that no worker has is not found, under the name that was asked for', () => {
  expect(() => resolveOptions({ input: { model: 'openai/whisper-tiny' }, status })).toThrow('openai/whisper-tiny');
});
