import type { EncoderRate } from '../encoder-rate.ts';
import { processorOf } from '../page-chapters.ts';
import type { Goal } from './contests.ts';

/** One run of one side. */
export interface Side {
  readonly wallSec: number;
  readonly cpuSec: number;
  /** Wrong words, of all that were said. */
  readonly errorRate: number;
}

export interface ContestResult {
  readonly name: string;
  readonly goal: Goal;
  readonly entries: number;
  readonly audioSec: number;
  /** One per round each. */
  readonly own: readonly Side[];
  readonly peer: readonly Side[];
}

export interface PeersResult {
  readonly measuredAt: string;
  readonly machine: string;
  readonly model: string;
  readonly threads: number;
  readonly rounds: number;
  readonly outcomes: readonly ContestResult[];
  readonly encoder: readonly EncoderRate[];
}

export const peersHead = [
  '# Beside faster-whisper',
  '',
  'Written by `pnpm bench:peers --write`, a chapter for each machine: the same weights, the same samples, turn by turn in one run; medians of the rounds.',
  'Decoding of media is not counted, and models are loaded. Both give timestamps unless it is said otherwise.',
  '',
  'The last table of a chapter says how fast the encoder multiplies, beside one large multiplication of float32 matrices by the same runtime',
  '(2048 × 2048 × 2048), which is the most that float32 reaches there. The default has 8-bit linear layers where the processor multiplies these fast, so that',
  'it may exceed it.',
].join('\n');

/** The chapter of one machine. */
export const peersReport = ({ measuredAt, machine, model, threads, rounds, outcomes, encoder }: PeersResult): string =>
  [
    `## ${model}: ${processorOf(machine)}`,
    '',
    `- Machine: ${machine}; ${threads} threads each`,
    `- Day: ${measuredAt.slice(0, 10)}`,
    `- ${rounds} ${rounds === 1 ? 'round' : 'rounds'}`,
    '',
    '| what | | times real time | audio seconds per CPU second | words wrong |',
    '| --- | --- | ---: | ---: | ---: |',
    ...outcomes.flatMap((outcome) => [sideRow(outcome, 'ours', outcome.own), sideRow(outcome, 'faster-whisper', outcome.peer)]),
    '',
    '| what | ours : faster-whisper, per CPU second | goal | | per wall second | goal | |',
    '| --- | ---: | ---: | --- | ---: | ---: | --- |',
    ...outcomes.map(ratioRow),
    '',
    '| the encoder’s weights | CPU seconds for a window of 30 s | GFLOP per CPU second | of the large multiplication |',
    '| --- | ---: | ---: | ---: |',
    ...encoder.map(
      ({ precision, cpuSec, flops, gemmFlopsPerCpuSec }) =>
        `| ${precision} | ${cpuSec.toFixed(3)} | ${(flops / cpuSec / 1e9).toFixed(0)} | ${((100 * flops) / cpuSec / gemmFlopsPerCpuSec).toFixed(0)} % |`,
    ),
  ].join('\n');

const sideRow = ({ name, audioSec }: ContestResult, who: string, runs: readonly Side[]): string => {
  const per = (key: 'wallSec' | 'cpuSec') => (audioSec / median(runs.map((run) => run[key]))).toFixed(1);
  return `| ${name} | ${who} | ${per('wallSec')} | ${per('cpuSec')} | ${(100 * median(runs.map(({ errorRate }) => errorRate))).toFixed(1)} % |`;
};

/** Of the rounds, each of ours with the one of the peer that came right after it. */
function ratioRow({ name, goal, own, peer }: ContestResult): string {
  const ratio = (key: 'wallSec' | 'cpuSec') => median(own.map((run, round) => (peer[round]?.[key] ?? Number.NaN) / run[key]));
  const cells = (value: number, least: number | null) =>
    least === null ? `${value.toFixed(2)} | | ` : `${value.toFixed(2)} | ≥ ${least} | ${value >= least ? 'reached' : '**missed**'}`;
  return `| ${name} | ${cells(ratio('cpuSec'), goal.perCpuSecond)} | ${cells(ratio('wallSec'), goal.perWallSecond)} |`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return (low + high) / 2;
}
