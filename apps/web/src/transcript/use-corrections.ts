import type { Transcript } from '@bulk-transcribe/protocol';
import { useEffect, useEffectEvent, useLayoutEffect, useMemo, useRef } from 'react';
import { client } from '../api/client.ts';
import { problemOfCause, RequestError } from '../api/request.ts';
import { useParts } from '../parts.ts';
import { strings } from '../strings.ts';
import { type Correction, corrected, inverse } from './corrections.ts';
import { forgetUndos, keepUndos, keptUndos } from './undo-memory.ts';
import { type TellAnew, useTellAnew } from './use-tell-anew.ts';

export interface Corrections {
  /** Gives whether it was made; where not, the page says why. */
  readonly correct: (correction: Correction) => Promise<boolean>;
  /** Takes the last correction of this tab back; null where there is none. */
  readonly undo: (() => void) | null;
  readonly tellAnew: TellAnew;
}

interface Corrected {
  readonly taskId: string | null;
  readonly transcript: Transcript | null;
  readonly setTranscript: (transcript: Transcript) => void;
  readonly isHeard: boolean;
  readonly reload: () => void;
}

/** What is sent once its turn has come, and what can be taken back afterwards; null: nothing. */
type Plan = (
  transcript: Transcript,
  undos: readonly Correction[],
) => { readonly correction: Correction; readonly left: readonly Correction[] } | null;

/** Sends corrections one after the other: each is made to the revision that the one before made. */
export function useCorrections({ taskId, transcript, setTranscript, isHeard, reload }: Corrected): Corrections {
  const { notice } = useParts();
  // Each change gives another transcript.
  const undos = useMemo(() => (taskId !== null && transcript ? keptUndos(taskId, transcript.revision ?? 0) : []), [taskId, transcript]);
  /** With the last answer, which may not be drawn yet. */
  const current = useRef(transcript);
  useLayoutEffect(() => {
    current.current = transcript;
  }, [transcript]);
  /** What others made of it is shown; what this page would take back is no longer what was there. */
  const begin = () => {
    if (taskId !== null) forgetUndos(taskId);
    reload();
  };
  useWhenOver(isHeard, begin);
  const refused = (cause: unknown): false => {
    const isConflict = cause instanceof RequestError && cause.code === 'conflict';
    notice.dispatch(isConflict ? strings.correct.conflict : { title: strings.correct.failed, problem: problemOfCause(cause) });
    if (isConflict) begin();
    return false;
  };
  const send = async (plan: Plan): Promise<boolean> => {
    const before = current.current;
    if (!before || taskId === null) return false;
    const { revision = 0 } = before;
    const planned = plan(before, keptUndos(taskId, revision));
    if (!planned) return false;
    try {
      const answer = await client.changeTranscript(taskId, { revision, ...planned.correction });
      keepUndos(taskId, { revision: answer.revision, undos: planned.left });
      current.current = corrected(before, answer);
      setTranscript(current.current);
      notice.dispatch(null);
      return true;
    } catch (cause) {
      return refused(cause);
    }
  };
  const inTurn = useInTurn();
  const correct = (correction: Correction): Promise<boolean> =>
    inTurn(JSON.stringify(correction), () => send((before, earlier) => ({ correction, left: [...earlier, inverse(before, correction)] })));
  const undo = (): void => {
    const takeBack: Plan = (_, earlier) => {
      const last = earlier.at(-1);
      return last ? { correction: last, left: earlier.slice(0, -1) } : null;
    };
    void inTurn(null, () => send(takeBack));
  };
  const tellAnew = useTellAnew(taskId, (told) => {
    // Lines are cut where speakers change: what was corrected may not be a line any more.
    if (taskId !== null) forgetUndos(taskId);
    setTranscript(told);
  });
  return { correct, undo: undos.length > 0 ? undo : null, tellAnew };
}

interface UnderWay {
  readonly name: string | null;
  readonly made: Promise<boolean>;
}

/** Begins each work when the one before is over. One with the name of the last, as by a second press of the key, is that one. */
function useInTurn() {
  const last = useRef<UnderWay | null>(null);
  return (name: string | null, work: () => Promise<boolean>): Promise<boolean> => {
    const before = last.current;
    if (before && name !== null && before.name === name) return before.made;
    const made = before ? before.made.then(work) : work();
    const own = { name, made };
    last.current = own;
    void made.finally(() => {
      if (last.current === own) last.current = null;
    });
    return made;
  };
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
