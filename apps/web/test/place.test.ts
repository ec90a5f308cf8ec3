import type { Routing } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import { isWorthSaying, placeStrings } from '../src/place-strings.ts';

const local = { name: 'local', device: 'cpu' };
const pod = { name: 'abc', device: 'cuda', remote: true, gpuName: 'NVIDIA A100' };
const plain = { mode: 'optional', choices: ['auto'], place: pod, timesRealTime: null, reason: '', waits: [], notices: [] } as const;
const routing = (more: Partial<Routing>): Routing => ({ ...structuredClone(plain), ...more }) as Routing;

describe('where recordings run', () => {
  it.each([
    [local, 'this computer (CPU)'],
    [{ name: '10.0.0.7:8477', device: 'cpu', remote: true, gpuName: null }, 'remote worker 10.0.0.7:8477 (CPU)'],
    [pod, 'GPU pod, NVIDIA A100'],
  ])('is said in words: %j', (worker, words) => {
    expect(placeStrings.worker(worker)).toBe(words);
  });

  it('is said with its speed, where that is known', () => {
    expect(placeStrings.place.runsOn('GPU pod, NVIDIA A100', '41 × real time')).toBe('Runs on: GPU pod, NVIDIA A100, 41 × real time');
    expect(placeStrings.place.runsOn('this computer (CPU)', '')).toBe('Runs on: this computer (CPU)');
  });

  it.each([
    ['all is as asked for', routing({}), false],
    ['the pod is gone', routing({ place: local, reason: 'Gone.' }), true],
    ['tasks wait', routing({ mode: 'required', place: null, reason: 'Gone.' }), true],
    ['nothing remote was asked for', routing({ mode: 'off', place: null, reason: 'The local worker is starting.' }), false],
  ])('needs a reason or not: %s', (_what, given, expected) => {
    expect(isWorthSaying(given)).toBe(expected);
  });
});
