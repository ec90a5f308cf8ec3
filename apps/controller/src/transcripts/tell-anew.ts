import { type Transcript, toAppError } from '@bulk-transcribe/protocol';
import type { SpeakerCounts } from '@bulk-transcribe/speech/speakers';
import type { Parts } from '../http/parts.ts';
import { correctedTranscript } from './apply-overlay.ts';
import { keepIds } from './keep-ids.ts';
import { storedTranscript } from './stored-transcript.ts';

/** Corrections that may come in between before we give up. */
const TRIES = 5;

export interface TellAnew {
  readonly sessionId: string;
  readonly taskId: string;
  readonly counts: SpeakerCounts;
}

/**
 * Tells the speakers of a transcript apart anew, by what was heard of them; the corrections stay. Gives it as it reads now, null where
 * nothing was heard yet. Throws not_found, and conflict where there is no transcript.
 */
export async function tellAnew(
  { jobs, speakers }: Pick<Parts, 'jobs' | 'speakers'>,
  { sessionId, taskId, counts }: TellAnew,
): Promise<Transcript | null> {
  const evidence = await jobs.speakerEvidence(sessionId, taskId);
  if (!evidence) {
    await storedTranscript(jobs, sessionId, taskId);
    return null;
  }
  const labels = await speakers.labels(evidence, counts);
  for (let left = TRIES; ; left -= 1) {
    const stored = await storedTranscript(jobs, sessionId, taskId);
    const overlay = { ...stored.overlay, labelling: keepIds(labels, stored.overlay.speakers) };
    try {
      await jobs.keepOverlay(sessionId, taskId, { after: stored.revision, overlay });
      return correctedTranscript({ ...stored, overlay, revision: stored.revision + 1 });
    } catch (cause) {
      if (left === 1 || toAppError(cause).code !== 'conflict') throw cause;
    }
  }
}
