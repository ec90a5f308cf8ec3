import { InferenceSession } from 'onnxruntime-node';

export interface MoonshineSessions {
  readonly encoder: InferenceSession;
  readonly decoder: InferenceSession;
}

export async function openSessions(encoderFile: string, decoderFile: string, threads: number): Promise<MoonshineSessions> {
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    // The graph holds pairs of quantize and dequantize nodes. Left to itself the runtime folds them so that the weights
    // of the last layer are dequantized at every step: 1.6 times slower. Spinning threads would burn shared cores.
    extra: { session: { disable_quant_qdq: '1', intra_op: { allow_spinning: '0' } } },
  };
  const [encoder, decoder] = await Promise.all([InferenceSession.create(encoderFile, options), InferenceSession.create(decoderFile, options)]);
  return { encoder, decoder };
}
