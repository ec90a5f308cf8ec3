import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares two secrets in time that depends on neither: both are hashed to the same length first. */
export const sameSecret = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));

/**
 * What a task's own calls carry in the place of the worker's token: whoever learns it can touch that task and nothing else,
 * and not come from it to the token (HMAC, RFC 2104).
 */
export const taskToken = (workerToken: string, taskId: string): string =>
  createHmac('sha256', workerToken).update(`task ${taskId}`).digest('base64url');

/** The token of `Authorization: Bearer …` (RFC 6750 §2.1; the scheme in any case), or null. */
export function bearerToken(header: string | undefined): string | null {
  const match = /^bearer +(\S+) *$/i.exec(header ?? '');
  return match?.[1] ?? null;
}
