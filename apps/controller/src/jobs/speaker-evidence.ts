/** What speakers were told apart by, kept with the transcript: other labels come from it without the recording. */
import { sql } from 'kysely';
import type { Database, Transaction } from '../database/database.ts';

export interface SpeakerEvidenceStore {
  /** Encoded as the engine gave it (`decodeEvidence` of packages/speech); null where none was kept, or the session has no such task. */
  speakerEvidence(sessionId: string, taskId: string): Promise<Uint8Array | null>;
}

// As base64 on the way: the embedded database takes five times as long for the bytes themselves, and nothing else runs meanwhile.
export const speakerEvidenceStore = (database: Database): SpeakerEvidenceStore => ({
  async speakerEvidence(sessionId, taskId) {
    const row = await database.sql
      .selectFrom('speaker_evidence')
      .innerJoin('task', 'task.id', 'speaker_evidence.task_id')
      .select(sql<string>`encode(evidence, 'base64')`.as('evidence'))
      .where('task.id', '=', taskId)
      .where('task.session_id', '=', sessionId)
      .executeTakeFirst();
    return row ? Buffer.from(row.evidence, 'base64') : null;
  },
});

export async function keepEvidence(tx: Transaction, taskId: string, evidence: Uint8Array): Promise<void> {
  const bytes = sql<Uint8Array>`decode(${Buffer.from(evidence).toString('base64')}, 'base64')`;
  await tx
    .insertInto('speaker_evidence')
    .values({ task_id: taskId, evidence: bytes })
    .onConflict((conflict) => conflict.column('task_id').doUpdateSet({ evidence: bytes }))
    .execute();
}
