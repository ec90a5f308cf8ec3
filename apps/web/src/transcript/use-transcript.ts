import type { Transcript } from '@bulk-transcribe/protocol';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { client } from '../api/client.ts';
import { type Problem, problemOfCause, RequestError } from '../api/request.ts';
import { useParts } from '../parts.ts';
import { strings } from '../strings.ts';
import { type Correction, corrected, inverse } from './corrections.ts';
import { type TellAnew, useTellAnew } from './use-tell-anew.ts';

export interface LoadedTranscript {
  readonly transcript: Transcript | null;
  readonly problem: Problem | null;
  readonly again: () => void;
  /** Gives whether it was made; where not, the page says why. */
  readonly correct: (correction: Correction) => Promise<boolean>;
  /** Takes the last correction of this page back; null where there is none. */
  readonly undo: (() => void) | null;
  readonly tellAnew: TellAnew;
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

/** Calls `then` when `isUnderWay` has become false. */
function useWhenOver(isUnderWay: boolean, then: () => void): void {
  const before = useRef(isUnderWay);
  const over = useEffectEvent(then);
  useEffect(() => {
    if (before.current && !isUnderWay) over();
    before.current = isUnderWay;
  }, [isUnderWay]);
}

interface Corrected {
  readonly taskId: string | null;
  readonly transcript: Transcript | null;
  readonly setTranscript: (transcript: Transcript) => void;
  readonly isHeard: boolean;
  readonly reload: () => void;
}

/** One correction at a time: each is made to the revision that the one before made. */
function useCorrections({ taskId, transcript, setTranscript, isHeard, reload }: Corrected) {
  const { notice } = useParts();
  const [undos, setUndos] = useState<readonly Correction[]>([]);
  const isSending = useRef(false);
  /** What others made of it is shown; what this page would take back is no longer what was there. */
  const begin = () => {
    reload();
    setUndos([]);
  };
  useWhenOver(isHeard, begin);
  const refused = (cause: unknown): false => {
    const isConflict = cause instanceof RequestError && cause.code === 'conflict';
    notice.dispatch(isConflict ? strings.correct.conflict : { title: strings.correct.failed, problem: problemOfCause(cause) });
    if (!isConflict) return false;
    begin();
    return false;
  };
  const send = async (correction: Correction): Promise<boolean> => {
    if (!transcript || taskId === null || isSending.current) return false;
    isSending.current = true;
    try {
      const answer = await client.changeTranscript(taskId, { revision: transcript.revision ?? 0, ...correction });
      setTranscript(corrected(transcript, answer));
      notice.dispatch(null);
      return true;
    } catch (cause) {
      return refused(cause);
    } finally {
      isSending.current = false;
    }
  };
  const correct = async (correction: Correction): Promise<boolean> => {
    const back = transcript && inverse(transcript, correction);
    const isMade = await send(correction);
    if (isMade && back) setUndos((before) => [...before, back]);
    return isMade;
  };
  const [last] = undos.slice(-1);
  const undo = async () => {
    if (last && (await send(last))) setUndos((before) => before.slice(0, -1));
  };
  const tellAnew = useTellAnew(taskId, (told) => {
    setTranscript(told);
    // Lines are cut where speakers change: what was corrected may not be a line any more.
    setUndos([]);
  });
  return { correct, undo: last ? () => void undo() : null, tellAnew };
}
