import { Type } from '@sinclair/typebox';

/** Ids are version 7 UUIDs in lower case: they sort by time and are safe in a path and a file name. */
export const Id = Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' });
export const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 in lower-case hex.' });
export const Timestamp = Type.String({ format: 'date-time', description: 'RFC 3339, UTC.' });
