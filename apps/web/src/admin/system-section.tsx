/** Disk, database, amounts, versions and retention. */
import { FactRows } from '../controls/fact-rows.tsx';
import { fileSize } from '../sizes.ts';
import { strings } from '../strings.ts';
import { moment } from '../times.ts';
import type { AdminClient } from './admin-client.ts';
import { usePolled } from './use-polled.ts';

const ASK_EVERY_MS = 30_000;

export function SystemSection({ client }: { readonly client: AdminClient }) {
  const words = strings.admin.system;
  const { now } = usePolled(client.system, ASK_EVERY_MS);
  if (now === null) return null;
  const { disk, database, recordings, transcripts, sessions, identity } = now;
  const facts: readonly (readonly [string, string])[] = [
    [words.disk, words.diskOf(fileSize(disk.freeBytes), fileSize(disk.totalBytes), disk.folder)],
    [words.database, words.databaseOf(database.kind, database.version, fileSize(database.bytes))],
    [words.recordings, words.recordingsOf(recordings.count, fileSize(recordings.bytes))],
    [words.transcripts, words.transcriptsOf(transcripts, sessions)],
    [words.retention, words.retentionOf(now.retentionDays)],
    [words.version, [identity.version, identity.gitCommit.slice(0, 10), identity.buildTime].filter((fact) => fact !== 'unknown').join(' · ')],
    [words.runs, words.runsOn(now.node, now.platform)],
    [words.started, moment(now.startedAt)],
  ];
  return (
    <section className="admin-section" aria-labelledby="system-title">
      <h2 id="system-title">{words.title}</h2>
      <dl className="admin-facts">
        <FactRows facts={facts} />
      </dl>
    </section>
  );
}
