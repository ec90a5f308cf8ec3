import { defaultOptions, type TranscribeOptions } from '@bulk-transcribe/protocol';
import { processorOf } from './page-chapters.ts';
import type { Score } from './score.ts';
import type { WordTimes } from './word-times.ts';

export interface WordsResult {
  readonly measuredAt: string;
  readonly options: TranscribeOptions;
  readonly machine: string;
  readonly audioSec: number;
  readonly cpuSec: number;
  readonly score: Score;
  readonly times: WordTimes | null;
}

/** What Whisper base must reach on the development recordings; in Czech, which is beyond it, no more than a few words may be lost. */
const targets = {
  english: 0.11,
  allButCzech: { standard: 0.113, accurate: 0.108 },
  lost: 60,
  lostCzech: 28,
  invented: 0,
  firstStart: [0.06, 0.59],
  lastEnd: [0.22, 0.55],
} as const;

const percent = (rate: number): string => `${(100 * rate).toFixed(2)} %`;
const verdict = (reached: boolean): string => (reached ? 'reached' : '**missed**');

/** A chapter for one model in one setting. */
export function wordsReport({ measuredAt, options, machine, audioSec, cpuSec, score, times }: WordsResult): string {
  return [
    `## ${options.model}, ${options.quality}: ${processorOf(machine)}`,
    '',
    `- Options that differ from the defaults: ${changedOptions(options)}`,
    `- Machine: ${machine}`,
    `- Day: ${measuredAt.slice(0, 10)}`,
    `- ${Math.round(audioSec)} s of audio, ${cpuSec.toFixed(1)} CPU seconds: ${(audioSec / cpuSec).toFixed(1)} audio seconds per CPU second`,
    '',
    '| recordings | entries | words | error rate | substituted | deleted | inserted |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...Object.entries(score.groups).map(
      ([name, { entries, n, rate, s, d, i }]) => `| ${name} | ${entries} | ${n} | ${percent(rate)} | ${s} | ${d} | ${i} |`,
    ),
    '',
    '| what | target | measured | |',
    '| --- | ---: | ---: | --- |',
    ...scoreLines(score, options.quality),
    ...(times ? timeLines(times) : []),
    '',
    ...score.invented.map(({ id, text }) => `- ${id}, where nothing is said: “${text}”`),
  ].join('\n');
}

function changedOptions(options: TranscribeOptions): string {
  const defaults: Readonly<Record<string, unknown>> = defaultOptions;
  const changed = Object.entries(options).filter(([name, value]) => name !== 'model' && JSON.stringify(value) !== JSON.stringify(defaults[name]));
  return changed.map(([name, value]) => `\`${name}\` ${JSON.stringify(value)}`).join(', ') || 'none';
}

function scoreLines({ groups, invented }: Score, quality: TranscribeOptions['quality']): string[] {
  const english = groups['all en']?.rate ?? 1;
  const others = allButCzech(groups);
  const target = targets.allButCzech[quality];
  return [
    line('word error rate, English', percent(targets.english), { measured: percent(english), reached: english <= targets.english }),
    line('word error rate, all but Czech', percent(target), { measured: percent(others), reached: others <= target }),
    ...lostLine('words lost in long English conversations', groups['synth en'], targets.lost),
    ...lostLine('words lost in a long Czech conversation', groups['synth cs'], targets.lostCzech),
    line('text where nothing is said', String(targets.invented), { measured: String(invented.length), reached: invented.length === 0 }),
  ];
}

const lostLine = (what: string, group: Score['groups'][string] | undefined, most: number): string[] =>
  group ? [line(what, String(most), { measured: `${group.d} of ${group.n}`, reached: group.d <= most })] : [];

/** Groups are named "folder language"; those named "all …" are sums, and each recording of `formats` is the same. */
function allButCzech(groups: Score['groups']): number {
  const counted = Object.entries(groups).filter(([name]) => !/^(all|formats) | (cs|ko|zh)$/.test(name));
  const sum = (count: (group: Score['groups'][string]) => number) => counted.reduce((total, [, group]) => total + count(group), 0);
  return sum(({ s, d, i }) => s + d + i) / sum(({ n }) => n);
}

function timeLines({ firstWordStart, lastWordEnd }: WordTimes): string[] {
  const of = (name: string, [median, p90]: readonly [number, number], found: WordTimes['firstWordStart']) =>
    line(name, `${median} / ${p90} s`, {
      measured: `${found.median.toFixed(3)} / ${found.p90.toFixed(3)} s (n ${found.n}, bias ${found.bias.toFixed(3)})`,
      reached: found.median <= median && found.p90 <= p90,
    });
  return [
    of('first word start, median / 90th', targets.firstStart, firstWordStart),
    of('last word end, median / 90th', targets.lastEnd, lastWordEnd),
  ];
}

const line = (what: string, target: string, { measured, reached }: { readonly measured: string; readonly reached: boolean }): string =>
  `| ${what} | ≤ ${target} | ${measured} | ${verdict(reached)} |`;
