import type { Transcript } from '@bulk-transcribe/protocol';
import { useState } from 'react';
import { client } from '../api/client.ts';
import { problemOfCause } from '../api/request.ts';
import { useParts } from '../parts.ts';
import { strings } from '../strings.ts';

export interface TellAnew {
  /** How many there are; null = found out. */
  readonly tell: (speakers: number | null) => Promise<void>;
  readonly isTelling: boolean;
}

/** Has the controller tell the speakers of a transcript apart anew; `onTold` gets it as it reads then. */
export function useTellAnew(taskId: string | null, onTold: (transcript: Transcript) => void): TellAnew {
  const { notice } = useParts();
  const [isTelling, setTelling] = useState(false);
  const tell = async (speakers: number | null): Promise<void> => {
    if (taskId === null || isTelling) return;
    setTelling(true);
    try {
      const told = await client.tellSpeakers(taskId, { speakers });
      // Where they are heard first, the task says how far that is.
      if ('segments' in told) onTold(told);
      notice.dispatch(null);
    } catch (cause) {
      notice.dispatch({ title: strings.speakers.failed, problem: problemOfCause(cause) });
    } finally {
      setTelling(false);
    }
  };
  return { tell, isTelling };
}
