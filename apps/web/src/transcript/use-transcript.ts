import type { Transcript } from '@bulk-transcribe/protocol';
import { useEffect, useState } from 'react';
import { client } from '../api/client.ts';
import { type Problem, problemOfCause } from '../api/request.ts';
import { type Corrections, useCorrections } from './use-corrections.ts';

export interface LoadedTranscript extends Corrections {
  readonly transcript: Transcript | null;
  readonly problem: Problem | null;
  readonly again: () => void;
}

/**
 * Loads the transcript of a finished task, null while `taskId` is null, and sends corrections of it. `isHeard`: its speakers are being
 * heard; once that is over it is loaded again.
 */
export function useTranscript(taskId: string | null, isHeard: boolean): LoadedTranscript {
  const [transcript, setTranscript] = useState<Transcript | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round is what "try again" means
  useEffect(() => {
    if (taskId === null) return;
    const loading = new AbortController();
    setProblem(null);
    client.transcript(taskId, loading.signal).then(setTranscript, (cause: unknown) => {
      if (!loading.signal.aborted) setProblem(problemOfCause(cause));
    });
    return () => loading.abort();
  }, [taskId, round]);
  const again = () => setRound(round + 1);
  return { transcript, problem, again, ...useCorrections({ taskId, transcript, setTranscript, isHeard, reload: again }) };
}
