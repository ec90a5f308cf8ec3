import { AppError } from '@bulk-transcribe/protocol';
import { InferenceSession } from './runtime.ts';

export interface SessionPlace {
  readonly device: 'cpu' | 'cuda';
  readonly threads: number;
  /** Path and beginning of the name of a file that tells, once profiling ends, which nodes ran where (session-profile.ts). */
  readonly profile?: string | undefined;
  /** Keep memory from run to run: for a model whose batches have one shape. */
  readonly arena?: boolean;
}

/** What of a session is asked while it computes. */
export interface Graph {
  readonly run: (feeds: InferenceSession.OnnxValueMapType) => Promise<InferenceSession.OnnxValueMapType>;
}

/**
 * How threads wait for their next part: awake for a moment, as going to sleep and being woken between two parts of a decoding step costs more than
 * that, then asleep, so that cores which others want are not kept busy. Between runs at once.
 */
const WAITING = { intra_op: { allow_spinning: '1', spin_duration_us: '50' }, force_spinning_stop: '1' };

/** A model file, or its bytes. One provider alone: where CUDA does not work there is an error, never a silent run on the CPU. */
export async function openSession(model: string | Uint8Array, { device, threads, profile, arena = false }: SessionPlace): Promise<InferenceSession> {
  const options: InferenceSession.SessionOptions = {
    executionProviders: [device],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Where shapes change from batch to batch, it would keep a block of every size it ever saw.
    enableCpuMemArena: arena,
    logSeverityLevel: 3,
    ...(profile !== undefined && { enableProfiling: true, profileFilePrefix: profile }),
    extra: { session: WAITING },
  };
  try {
    return await (typeof model === 'string' ? InferenceSession.create(model, options) : InferenceSession.create(model, options));
  } catch (cause) {
    if (isOutOfMemory(cause)) throw cause;
    throw new AppError('engine_unavailable', failure(device), { cause });
  }
}

const failure = (device: SessionPlace['device']): string =>
  device === 'cuda'
    ? 'The GPU cannot be used: the CUDA libraries of the speech engine, cuDNN or the driver are missing or do not fit together.'
    : 'The speech engine cannot open its graphs.';

/** How the runtime's allocators, CUDA's and JavaScript's say so; none of them has a code for it. */
const OUT_OF_MEMORY = /failed to allocate memory|out of memory|bad_alloc|array buffer allocation failed|CUBLAS_STATUS_ALLOC_FAILED/i;

export const isOutOfMemory = (cause: unknown): boolean => cause instanceof Error && OUT_OF_MEMORY.test(cause.message);
