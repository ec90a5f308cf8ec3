import type { ModelInfo } from '@bulk-transcribe/protocol';
import { expect, it } from 'vitest';
import { recordingWarnings } from '../src/recognise/warnings.ts';

const model: ModelInfo = { id: 'w', name: 'W', languages: ['en'], wordTimes: true, prompt: true, translation: false, license: 'MIT', default: false };

it.each([
  ['nothing sounds like speech', { windows: 0, told: false }, ['no_speech']],
  ['nothing comes of what sounds like it, and nobody says so', { windows: 2, told: false }, ['no_speech']],
  ['there is text, or a warning that says where it is missing', { windows: 2, told: true }, []],
])('where %s the warnings are these', (_, findings, codes) => {
  expect(recordingWarnings({ ...findings, avgLogProb: null, damage: null }, model).map(({ code }) => code)).toEqual(codes);
});
