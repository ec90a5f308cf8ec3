import { ErrorBody, type ErrorCode, errorTable } from '@bulk-transcribe/protocol';
import type { TSchema } from '@sinclair/typebox';
import { ref } from './shared-schemas.ts';

/** What any route may answer. */
const everywhere: readonly ErrorCode[] = ['unauthorized', 'password_required', 'forbidden_host', 'too_many_requests', 'internal'];

/** What any route under /api/admin may answer. */
const everywhereForAdmins: readonly ErrorCode[] = ['admin_unauthorized', 'admin_not_configured', 'forbidden_host', 'too_many_requests', 'internal'];

/** What the documentation says of every route under /api/admin. */
export const aboutAdmin = (summary: string) => ({ tags: ['admin'], security: [{ adminToken: [] }], summary });

/** The error answers of a route under /api/admin. */
export const adminErrors = (codes: readonly ErrorCode[]): Record<never, never> => describeErrors([...codes, ...everywhereForAdmins], ErrorBody);

/**
 * The error answers of a route as response schemas, one per status, from the error table.
 * Their type is empty on purpose: handlers throw errors, they do not return them.
 */
export const errorResponses = (codes: readonly ErrorCode[], body: TSchema = ErrorBody): Record<never, never> =>
  describeErrors([...codes, ...everywhere], body);

function describeErrors(codes: readonly ErrorCode[], body: TSchema): Record<never, never> {
  const all = [...new Set(codes)].sort((a, b) => errorTable[a].status - errorTable[b].status);
  const statuses = new Set(all.map((code) => errorTable[code].status));
  const describe = (status: number) =>
    all.filter((code) => errorTable[code].status === status).map((code) => `\`${code}\`: ${errorTable[code].hint}`);
  return Object.fromEntries(
    [...statuses].map((status) => [status, { description: describe(status).join(' '), content: { 'application/json': { schema: ref(body) } } }]),
  );
}
