import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { benchTable } from '../src/bench/bench-table.ts';
import type { EngineMeasurement } from '../src/bench/measure-engine.ts';
import { wordErrors } from '../src/bench/word-errors.ts';
import { emptyFolder, runCli } from './run-cli.ts';

const run = (...args: string[]) => runCli(['bench', ...args], tmpdir(), { MODELS_DIR: emptyFolder() });

describe('bench', () => {
  it('measures the model that comes with the product, and counts its wrong words in the samples', async () => {
    const { stdout } = await run('--rounds', '1', '--json');
    const { model, device, threads, words, wrong, audioSec, wallSec, cpuSec, timesRealTime, peakBytes } = JSON.parse(stdout) as EngineMeasurement;
    expect({ model, device, threads, words }).toEqual({ model: 'moonshine-tiny-en', device: 'cpu', threads: 1, words: 90 });
    expect(wrong).toBeLessThan(10);
    expect(audioSec).toBeCloseTo(37.3, 0);
    expect(timesRealTime).toBeCloseTo(audioSec / wallSec, 6);
    expect(cpuSec).toBeGreaterThan(0);
    if (process.platform === 'linux') expect(peakBytes).toBeGreaterThan(50e6);
  });

  it('says the same in a table', () => {
    const measured = { model: 'm', device: 'cpu', threads: 1, processor: 'p', memoryBytes: 8e9, loadSec: 1, words: 90, wrong: 1 } as const;
    const errors = { substituted: 1, deleted: 0, inserted: 0 };
    const speed = { audioSec: 22, wallSec: 2, cpuSec: 4, timesRealTime: 11 };
    const table = benchTable({ ...measured, ...errors, ...speed, peakBytes: null, gpuPeakBytes: null });
    expect(table.split('\n')).toEqual([
      'model        m',
      'device       cpu, 1 thread',
      'computer     p, 8.0 GB memory',
      'load         1.0 s',
      'speed        11.0 times real time (22 s of audio in 2.0 s)',
      'computing    4.0 CPU seconds, 5.5 s of audio for each',
      'memory       not told by this system',
      'wrong words  1 of 90 (1.1 %)',
      '',
    ]);
    const onGpu = benchTable({ ...measured, ...errors, ...speed, peakBytes: 1e9, gpuPeakBytes: 3.25e9 });
    expect(onGpu).toContain('GPU memory   3.3 GB in use at most, by all programs\n');
  });

  it.each([
    [['--model', 'nothing'], 'nothing'],
    [['--rounds', '0'], 'A whole number from 1 to 1000.'],
  ])('%j is refused with a sentence', async (args, sentence) => {
    expect(await run(...args)).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining(sentence) });
  });
});

it.each([
  ['Ask not!', 'ask not', [0, 0, 0]],
  ['ask not what', 'ask what', [0, 1, 0]],
  ['ask not', 'ask you not', [0, 0, 1]],
  ['ask not', 'tell not', [1, 0, 0]],
  ['ask not', '', [0, 2, 0]],
  ['', 'ask not', [0, 0, 2]],
  ['and so my fellow', 'so my dear fellow men', [0, 1, 2]],
])('between “%s” and “%s” are %j words substituted, deleted, inserted', (reference, text, expected) => {
  const { substituted, deleted, inserted } = wordErrors(reference, text);
  expect([substituted, deleted, inserted]).toEqual(expected);
});
