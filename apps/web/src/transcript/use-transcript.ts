import type { Transcript } from '@bulk-transcribe/protocol';
import { useEffect, useState } from 'react';
import { client } from '../api/client.ts';
import { type Problem, problemOfCause } from '../api/request.ts';

export interface LoadedTranscript {
  readonly transcript: Transcript | null;
  readonly problem: Problem | null;
  readonly again: () => void;
}

/** Loads the transcript of a finished task; null while `taskId` is null. */
export function useTranscript(taskId: string | null): LoadedTranscript {
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
  return { transcript, problem, again: () => setRound(round + 1) };
}
