/** The end of a hearing (hearings.ts). */
import type { Transcript } from '@bulk-transcribe/protocol';
import type { Transaction } from '../database/database.ts';
import { correctedTranscript } from '../transcripts/apply-overlay.ts';
import { keepIds } from '../transcripts/keep-ids.ts';
import type { Overlay } from '../transcripts/overlay.ts';
import { replaceOverlay } from './corrections.ts';
import { selectStored, toStored } from './rows.ts';
import { keepEvidence } from './speaker-evidence.ts';

interface Heard {
  /** Without segments. */
  readonly transcript: Transcript;
  readonly evidence: Uint8Array;
}

/** The transcript of the finished task gets the speakers, as an overlay: what people have corrected, and whom they have named, stays. */
export async function keepHeard(tx: Transaction, taskId: string, { transcript: heard, evidence }: Heard): Promise<void> {
  const row = await selectStored(tx).where('transcript.task_id', '=', taskId).executeTakeFirst();
  if (!row) return;
  const stored = toStored(row);
  const { turns = [], speakers = [], warnings, provenance } = heard;
  const overlay: Overlay = {
    ...stored.overlay,
    labelling: keepIds({ turns, speakers, warnings }, stored.overlay.speakers),
    heard: { steps: provenance.steps.filter(({ step }) => step === 'diarize'), fallbacks: provenance.fallbacks ?? [] },
  };
  await keepEvidence(tx, taskId, evidence);
  await replaceOverlay(tx, taskId, { after: stored.revision, overlay });
  const { length } = correctedTranscript({ ...stored, overlay, revision: stored.revision + 1 }).warnings;
  await tx.updateTable('task').set({ warnings: length }).where('id', '=', taskId).execute();
}
