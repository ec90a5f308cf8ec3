import { defaultOptions, SPEAKERS, type SystemInfo } from '@bulk-transcribe/protocol';
import { expect, it } from 'vitest';
import { whyHearingWaits, whyItWaits } from '../src/jobs/task-words.ts';

const waits = [
  { model: 'large', compute: 'gpu', reason: 'The worker pod prepares the model large, 43 %.' },
  { model: defaultOptions.model, compute: 'gpu', reason: 'No remote worker is set up.' },
  { model: SPEAKERS, compute: 'cpu', reason: 'This computer cannot tell speakers apart.' },
];
const system = { routing: { waits } } as unknown as SystemInfo;
const job = (model: string, compute: 'auto' | 'gpu' | 'cpu') => ({ options: { ...defaultOptions, model }, compute });

it.each([
  [job('large', 'gpu'), system, 'The worker pod prepares the model large, 43 %.'],
  [job(defaultOptions.model, 'gpu'), system, 'No remote worker is set up.'],
  [job('large', 'auto'), system, ''],
  [job('other', 'gpu'), system, ''],
  [job('large', 'gpu'), null, ''],
])('a row says why it waits by the model and the choice of its job: %#', (of, known, reason) => {
  expect(whyItWaits(of, known)).toBe(reason);
});

it('hearing speakers waits for who can do that, whatever model the job has', () => {
  expect(whyHearingWaits(job('large', 'cpu'), system)).toBe('This computer cannot tell speakers apart.');
  expect(whyHearingWaits(job('large', 'gpu'), system)).toBe('');
});
