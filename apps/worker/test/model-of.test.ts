import { expect, it } from 'vitest';
import { modelOf } from '../src/engine/model-of.ts';

it('loads the model of the settings, else turbo on a GPU, else none of its own accord', () => {
  const gpu = 'NVIDIA L4';
  expect(modelOf({ MODEL: 'base', DEVICE: 'cuda' }, gpu)).toBe('base');
  expect(modelOf({ MODEL: '', DEVICE: 'auto' }, gpu)).toBe('large-v3-turbo');
  expect(modelOf({ MODEL: '', DEVICE: 'cuda' }, null)).toBe('large-v3-turbo');
  expect(modelOf({ MODEL: '', DEVICE: 'cpu' }, gpu)).toBe('');
  expect(modelOf({ MODEL: '', DEVICE: 'auto' }, null)).toBe('');
});
