/** The diarizer where the engine computes; on the CPU where that does not work, which is told. */
import { type Fallback, toAppError } from '@bulk-transcribe/protocol';
import type { ComputeDevice } from '../device/choose-device.ts';
import type { SessionPlace } from '../onnx/open-session.ts';
import { type Diarizer, openDiarizer } from './diarizer.ts';

export interface OpenedDiarizer {
  /** null: it works nowhere here. There are transcripts all the same, each with a warning. */
  readonly diarizer: Diarizer | null;
  readonly fallbacks: readonly Fallback[];
}

type Open = (place: SessionPlace) => Promise<Diarizer>;

/** Never rejects. `open` rejects where a device does not compute. */
export async function openDiarizerOn({ kind, name }: Pick<ComputeDevice, 'kind' | 'name'>, open: Open = openDiarizer): Promise<OpenedDiarizer> {
  if (kind === 'cpu') return { diarizer: await openOnCpu(open), fallbacks: [] };
  try {
    return { diarizer: await open({ device: 'cuda', threads: 1 }), fallbacks: [] };
  } catch (cause) {
    const reason = `Speakers cannot be told apart there: ${toAppError(cause).message}`;
    return { diarizer: await openOnCpu(open), fallbacks: [{ what: 'device', from: name ?? 'GPU', to: 'CPU', reason }] };
  }
}

const openOnCpu = (open: Open): Promise<Diarizer | null> => open({ device: 'cpu', threads: 1 }).catch(() => null);
