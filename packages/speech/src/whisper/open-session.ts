import { AppError } from '@bulk-transcribe/protocol';
import { InferenceSession } from 'onnxruntime-node';

export interface SessionPlace {
  readonly device: 'cpu' | 'cuda';
  readonly threads: number;
}

/** One provider alone: where CUDA does not work there is an error, never a silent run on the CPU. */
export async function openSession(file: string, { device, threads }: SessionPlace): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(file, {
      executionProviders: [device],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Shapes change from batch to batch: the arena would keep a block of every size it ever saw.
      enableCpuMemArena: false,
      logSeverityLevel: 3,
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
  } catch (cause) {
    throw new AppError('engine_unavailable', failure(device), { cause });
  }
}

const failure = (device: SessionPlace['device']): string =>
  device === 'cuda'
    ? 'The GPU cannot be used: the CUDA libraries of the speech engine, cuDNN or the driver are missing or do not fit together.'
    : 'The speech engine cannot open its graphs.';
