import type { InstalledModel } from '../models.ts';
import { InferenceSession } from '../onnx/runtime.ts';
import { openDecoder } from './kept-decoder.ts';

export interface MoonshineSessions {
  readonly encoder: InferenceSession;
  readonly decoder: InferenceSession;
}

const DECODER = 'decoder_model_merged.onnx';

export async function openSessions(
  model: InstalledModel,
  { threads, cacheFolder }: { threads: number; cacheFolder: string },
): Promise<MoonshineSessions> {
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    // Pairs of quantize and dequantize nodes stay as the file has them. Spinning threads would burn shared cores.
    extra: { session: { disable_quant_qdq: '1', intra_op: { allow_spinning: '0' } } },
  };
  const sha256 = model.files.find(({ name }) => name === DECODER)?.sha256 ?? '';
  const [encoder, decoder] = await Promise.all([
    InferenceSession.create(model.path('encoder_model.onnx'), options),
    openDecoder({ file: model.path(DECODER), sha256, cacheFolder }, (graph) => InferenceSession.create(graph, options)),
  ]);
  return { encoder, decoder };
}
