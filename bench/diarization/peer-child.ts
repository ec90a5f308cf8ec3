/** `node peer-child.ts PACKAGE SEGMENTATION EMBEDDING`: sherpa-onnx in its default setting, on one thread; samples come as messages. */
import { createRequire } from 'node:module';
import type { PeerAnswer } from './peer.ts';

interface SherpaOnnx {
  readonly OfflineSpeakerDiarization: new (
    config: object,
  ) => {
    process(samples: Float32Array): { readonly start: number; readonly end: number; readonly speaker: number }[];
  };
}

const [folder = '', segmentation, embedding] = process.argv.slice(2);
const { OfflineSpeakerDiarization } = createRequire(import.meta.url)(folder) as SherpaOnnx;
const diarization = new OfflineSpeakerDiarization({
  segmentation: { pyannote: { model: segmentation }, numThreads: 1 },
  embedding: { model: embedding, numThreads: 1 },
  clustering: { numClusters: -1, threshold: 0.5 },
  minDurationOn: 0.3,
  minDurationOff: 0.5,
});

process.on('message', (samples: Float32Array) => {
  const used = process.cpuUsage();
  const turns = diarization.process(samples);
  const { user, system } = process.cpuUsage(used);
  const answer: PeerAnswer = { turns, cpuSec: (user + system) / 1e6, peakMiB: process.resourceUsage().maxRSS / 1024 };
  process.send?.(answer);
});
process.send?.('ready');
