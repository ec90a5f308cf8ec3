import { bytesInWords } from '../bytes-in-words.ts';
import type { EngineMeasurement } from './measure-engine.ts';

/** A line for each figure. */
export function benchTable(measured: EngineMeasurement): string {
  const { model, device, threads, processor, memoryBytes, loadSec, audioSec, wallSec, cpuSec, timesRealTime, peakBytes, words, wrong } = measured;
  const { gpuPeakBytes } = measured;
  const rows = [
    ['model', model],
    ['device', `${device}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`],
    ['computer', `${processor}, ${bytesInWords(memoryBytes)} memory`],
    ['load', `${loadSec.toFixed(1)} s`],
    ['speed', `${timesRealTime.toFixed(1)} times real time (${audioSec.toFixed(0)} s of audio in ${wallSec.toFixed(1)} s)`],
    ['computing', `${cpuSec.toFixed(1)} CPU seconds, ${(audioSec / cpuSec).toFixed(1)} s of audio for each`],
    ['memory', peakBytes === null ? 'not told by this system' : `${bytesInWords(peakBytes)} at most`],
    ...(gpuPeakBytes === null ? [] : ([['GPU memory', `${bytesInWords(gpuPeakBytes)} in use at most, by all programs`]] as const)),
    ['wrong words', `${wrong} of ${words} (${((100 * wrong) / words).toFixed(1)} %)`],
  ] as const;
  return rows.map(([name, value]) => `${name.padEnd(12)} ${value}\n`).join('');
}
