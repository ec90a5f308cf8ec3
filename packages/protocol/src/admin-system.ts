/** What the owner sees of the whole: GET /api/admin/system. */
import { type Static, Type } from '@sinclair/typebox';
import { Timestamp } from './ids.ts';
import { Identity } from './worker-api.ts';

const Bytes = (description: string) => Type.Integer({ minimum: 0, description: `Bytes. ${description}` });

export const AdminSystem = Type.Object(
  {
    identity: Identity,
    startedAt: Timestamp,
    node: Type.String({ description: 'Version of Node.js.' }),
    platform: Type.String({ description: 'Operating system and processor.' }),
    disk: Type.Object({
      folder: Type.String({ description: 'DATA_ROOT.' }),
      freeBytes: Bytes('Free for us.'),
      totalBytes: Bytes('Of the whole disk.'),
    }),
    database: Type.Object({
      kind: Type.Union([Type.Literal('embedded'), Type.Literal('server')], {
        description: 'embedded: under DATA_ROOT/db; server: that of DATABASE_URL.',
      }),
      version: Type.String({ description: 'Of PostgreSQL.' }),
      bytes: Bytes('What it takes.'),
    }),
    recordings: Type.Object({ count: Type.Integer({ minimum: 0 }), bytes: Bytes('The same file of one session counts once.') }),
    transcripts: Type.Integer({ minimum: 0 }),
    sessions: Type.Integer({ minimum: 0, description: 'With at least one recording.' }),
    retentionDays: Type.Integer({ minimum: 0, description: 'RETENTION_DAYS; 0 = nothing is deleted by itself.' }),
  },
  { $id: 'AdminSystem' },
);
export type AdminSystem = Static<typeof AdminSystem>;
