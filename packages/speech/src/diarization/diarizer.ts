/**
 * The diarizer's face.
 *
 *   const diarizer = await openDiarizer({ device: 'cpu', threads: 1 });
 *   const evidence = await diarizer.analyse(audio, { channels: 'auto', signal });      // costly, once
 *   const { turns, speakers, warnings } = labelSpeakers(evidence, { speakers: 2 });    // cheap, as often as wanted
 *   const stored = encodeEvidence(evidence);                                           // decodeEvidence gives it back
 */
import type { Fallback } from '@bulk-transcribe/protocol';
import { throwIfCancelled } from '../cancel.ts';
import type { SessionPlace } from '../onnx/open-session.ts';
import { behindGpu } from './behind-gpu.ts';
import { ChannelAnalysis } from './channel-analysis.ts';
import { type ChannelWish, inChannels } from './channels.ts';
import { embed, MIN_ROWS } from './embedding.ts';
import type { SpeakerEvidence } from './evidence.ts';
import { MELS } from './fbank.ts';
import { WINDOW } from './frames.ts';
import { type DiarizationModels, openDiarizationModels } from './models.ts';
import { classifyFrames } from './segmentation.ts';
import { WindowFilters } from './window-filters.ts';

export interface AnalyseOptions {
  readonly channels: ChannelWish;
  readonly signal: AbortSignal;
  /** Seconds of the recording that are analysed. */
  readonly onProgress?: (doneSec: number) => void;
  /** The GPU failed, and the CPU goes on where it was. */
  readonly onFallback?: (fallback: Fallback) => void;
}

export interface Diarizer {
  /** Where it begins each recording. */
  readonly device: SessionPlace['device'];
  /**
   * Reads a recording to its end: pieces of any length, each with as many arrays of 16 kHz samples in -1…1 as there are channels.
   * Memory does not grow with the recording but for the evidence (about 3 MB per hour and channel). Rejects with `cancelled`.
   */
  readonly analyse: (audio: AsyncIterable<readonly Float32Array[]>, options: AnalyseOptions) => Promise<SpeakerEvidence>;
  readonly release: () => Promise<void>;
}

/** `threads`: of each model; more than one help little. Rejects with engine_unavailable, or with what goes wrong on a GPU. */
export async function openDiarizer(place: SessionPlace): Promise<Diarizer> {
  const opened = await openDiarizationModels(place);
  if (place.device === 'cuda') await tryOut(opened);
  let onCpu: Promise<DiarizationModels> | null = null;
  const openOnCpu = () => (onCpu ??= openDiarizationModels({ ...place, device: 'cpu' }));
  return {
    device: place.device,
    async analyse(audio, { channels, signal, onProgress, onFallback = () => {} }) {
      const models = place.device === 'cuda' ? behindGpu(opened, { openOnCpu, onFallback }) : opened;
      const analyses: ChannelAnalysis[] = [];
      for await (const piece of inChannels(audio, channels)) {
        for (const [index, samples] of piece.entries()) {
          analyses[index] ??= new ChannelAnalysis(models, () => throwIfCancelled(signal));
          await analyses[index].add(samples);
        }
        onProgress?.(Math.min(...analyses.map(({ doneSec }) => doneSec)));
      }
      if (analyses.length === 0) analyses.push(new ChannelAnalysis(models, () => throwIfCancelled(signal)));
      const evidence = [];
      for (const analysis of analyses) evidence.push(await analysis.finish());
      return { channels: evidence };
    },
    async release() {
      await opened.release();
      await (await onCpu)?.release();
    },
  };
}

/** Each model once: libraries of a GPU may be missing though a session opens. */
async function tryOut({ segmentation, embedding, release }: DiarizationModels): Promise<void> {
  try {
    await classifyFrames(segmentation.classes, await new WindowFilters(segmentation).next(new Float32Array(WINDOW)));
    await embed(embedding, new Float32Array(MIN_ROWS * MELS));
  } catch (cause) {
    await release();
    throw cause;
  }
}
