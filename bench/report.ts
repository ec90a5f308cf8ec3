import { EMBEDDED_MODEL } from '@bulk-transcribe/protocol';
import type { Measurement } from './measure.ts';
import type { GraphRuns } from './node-runs.ts';
import type { Score } from './score.ts';
import type { TwinMeasurement } from './twin.ts';

interface Result {
  readonly measuredAt: string;
  readonly machine: string;
  readonly about: string;
  readonly model: string;
  /** Null where there is none on PATH. */
  readonly ffmpeg: Measurement | null;
  readonly nodeAv: Measurement;
  readonly vad: Measurement;
  readonly job: Measurement;
  /** Of a Whisper model's graphs; none for others. */
  readonly nodes: readonly GraphRuns[];
  readonly twin: TwinMeasurement | null;
  readonly score: Score;
}

/** What every release must reach with the embedded model; the first two on the development recordings only. */
const targets = { wordErrorRate: 0.123, lostInConversations: 70, audioPerCpu: 40, invented: 0 };

const percent = (rate: number): string => `${(100 * rate).toFixed(2)} %`;
const verdict = (reached: boolean): string => (reached ? 'reached' : '**missed**');

export function toMarkdown({ measuredAt, machine, about, model, ffmpeg, nodeAv, vad, job, nodes, twin, score }: Result): string {
  const recognise = { ...job, ...job.steps?.['recognise'] };
  const lines = [
    '# Benchmarks',
    '',
    'Written by `pnpm bench --write`; every figure of one run on one machine.',
    '',
    `- Machine: ${machine}`,
    `- Day: ${measuredAt.slice(0, 10)}`,
    `- Recordings: ${about}; ${Math.round(job.audioSec)} s of audio`,
    `- Model: ${model}, on ${job.place}`,
    `- Models load in ${job.loadSec?.toFixed(1)} s, which is not counted below.`,
    ...(job.gpuPeakMiB ? [`- Memory of the GPU in use at most: ${job.gpuPeakMiB.toFixed(0)} MiB, of all programs`] : []),
    '',
    '## Speed and memory',
    '',
    '| step | times real time | CPU seconds | audio seconds per CPU second | peak memory, MiB |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...decodeRows('ffmpeg', ffmpeg),
    ...decodeRows('node-av', nodeAv),
    speedRow('find speech (VAD)', vad),
    speedRow('recognise, within the job', recognise),
    speedRow('whole job', job),
    ...twinRows(job, twin),
    '',
    "Decoding starts a process for each recording, which weighs on short ones. The memory of decoding is that of its process, the others' that of the engine.",
    '',
    ...nodeLines(nodes),
    '## Words',
    '',
    '| recordings | entries | words | word error rate | substituted | deleted | inserted |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...Object.entries(score.groups).map(
      ([name, group]) => `| ${name} | ${group.entries} | ${group.n} | ${percent(group.rate)} | ${group.s} | ${group.d} | ${group.i} |`,
    ),
    '',
    ...(score.silent > 0 ? [`Text where nothing is said: in ${score.invented.length} of ${score.silent} recordings.`, ''] : []),
    ...(model === EMBEDDED_MODEL ? targetLines(job, score) : []),
  ];
  return lines.join('\n');
}

/** A copy between two memories inside the decoder's loop comes at every step. */
function nodeLines(nodes: readonly GraphRuns[]): string[] {
  if (nodes.length === 0) return [];
  return [
    '## Where the nodes ran',
    '',
    '| graph | runs of nodes, by provider | copies between memories |',
    '| --- | --- | ---: |',
    ...nodes.map(({ graph, byProvider, copies }) => {
      const counts = Object.entries(byProvider).map(([provider, count]) => `${provider} ${count}`);
      return `| ${graph} | ${counts.join(', ')} | ${copies} |`;
    }),
    '',
  ];
}

function decodeRows(name: string, all: Measurement | null): string[] {
  if (!all) return [`| decode, ${name} | not on this machine | | | |`];
  return [speedRow(`decode, ${name}`, all), ...(all.longest ? [speedRow(`decode, ${name}, the longest recording`, all.longest)] : [])];
}

function twinRows(job: Measurement, twin: TwinMeasurement | null): string[] {
  if (!twin) return [];
  const { audioSec, cpuSec, peakMiB } = twin;
  const ratio = job.audioSec / job.cpuSec / (audioSec / cpuSec);
  return [
    `| plain twin, same models, without decoding | | ${cpuSec.toFixed(1)} | ${(audioSec / cpuSec).toFixed(1)} | ${peakMiB.toFixed(0)} |`,
    `| whole job : twin, side by side | | | ${ratio.toFixed(2)} | |`,
  ];
}

function speedRow(name: string, { audioSec, wallSec, cpuSec, peakMiB }: Measurement): string {
  return `| ${name} | ${(audioSec / wallSec).toFixed(0)} | ${cpuSec.toFixed(1)} | ${(audioSec / cpuSec).toFixed(1)} | ${peakMiB.toFixed(0)} |`;
}

function targetLines(job: Measurement, { groups, silent, invented }: Score): string[] {
  const audioPerCpu = job.audioSec / job.cpuSec;
  const english = groups['all en'];
  const conversations = groups['synth en'];
  return [
    '## Targets',
    '',
    '| what | target | measured | |',
    '| --- | ---: | ---: | --- |',
    ...(english
      ? [
          `| word error rate, English | ≤ ${percent(targets.wordErrorRate)} | ${percent(english.rate)} | ${verdict(english.rate <= targets.wordErrorRate)} |`,
        ]
      : []),
    ...(conversations
      ? [
          `| words lost in long conversations | ≤ ${targets.lostInConversations} | ${conversations.d} of ${conversations.n} | ${verdict(conversations.d <= targets.lostInConversations)} |`,
        ]
      : []),
    `| audio seconds per CPU second, whole job | ≥ ${targets.audioPerCpu} | ${audioPerCpu.toFixed(1)} | ${verdict(audioPerCpu >= targets.audioPerCpu)} |`,
    ...(silent > 0
      ? [`| text where nothing is said | ${targets.invented} | ${invented.length} | ${verdict(invented.length <= targets.invented)} |`]
      : []),
    '',
  ];
}
