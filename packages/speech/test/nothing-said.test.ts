import path from 'node:path';
import { EMBEDDED_MODEL } from '@bulk-transcribe/protocol';
import { expect, it } from 'vitest';
import { devData } from './media.ts';
import { hearNothing } from './soak/hear-nothing.ts';
import { nothingSaid, soundKinds } from './soak/sounds.ts';

it('the sounds are the same for the same seed, others for another, and none is silent but silence', () => {
  expect(nothingSaid(0.1, 7)).toEqual(nothingSaid(0.1, 7));
  expect(nothingSaid(0.1, 7)).not.toEqual(nothingSaid(0.1, 8));
  const samples = nothingSaid(1, 7);
  const length = samples.length / soundKinds.length;
  const silent = soundKinds.filter((_, index) => samples.subarray(index * length, (index + 1) * length).every((value) => value === 0));
  expect(silent).toEqual(['silence']);
});

it('a minute of silence, hum, noise and music has no words in any setting: the embedded model', async () => {
  const { invented } = await hearNothing({ model: EMBEDDED_MODEL, modelsDir: 'none', seconds: 60, seed: 1 });
  expect(invented).toEqual([]);
});

if (!devData) console.warn('BULK_TRANSCRIBE_DEV_DATA is not set: Whisper base hears no silence here.');
it.skipIf(!devData)('the same: Whisper base', async () => {
  const { invented } = await hearNothing({ model: 'whisper-base', modelsDir: path.join(devData ?? '', 'models'), seconds: 60, seed: 1 });
  expect(invented).toEqual([]);
});
