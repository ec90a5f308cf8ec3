/** The models of one recording on a GPU, and the CPU behind them. */
import type { Fallback } from '@bulk-transcribe/protocol';
import type { Graph } from '../onnx/open-session.ts';
import type { DiarizationModels } from './models.ts';

interface Behind {
  readonly openOnCpu: () => Promise<DiarizationModels>;
  readonly onFallback: (fallback: Fallback) => void;
}

/** What fails on the GPU, in the middle of a recording too (its memory may be taken by then), is computed on the CPU, as all that follows. */
export function behindGpu(onGpu: DiarizationModels, { openOnCpu, onFallback }: Behind): DiarizationModels {
  let onCpu: Promise<DiarizationModels> | null = null;
  const fallBack = (cause: unknown): Promise<DiarizationModels> => {
    const reason = `Speakers cannot be told apart there: ${cause instanceof Error ? cause.message : String(cause)}`;
    onFallback({ what: 'device', from: 'GPU', to: 'CPU', reason });
    return openOnCpu();
  };
  const graph = (of: (models: DiarizationModels) => Graph): Graph => ({
    run: async (feeds) => {
      if (onCpu) return await of(await onCpu).run(feeds);
      try {
        return await of(onGpu).run(feeds);
      } catch (cause) {
        onCpu ??= fallBack(cause);
        return await of(await onCpu).run(feeds);
      }
    },
  });
  return {
    segmentation: {
      ...onGpu.segmentation,
      filters: graph(({ segmentation }) => segmentation.filters),
      classes: graph(({ segmentation }) => segmentation.classes),
    },
    embedding: graph(({ embedding }) => embedding),
    release: async () => {},
  };
}
