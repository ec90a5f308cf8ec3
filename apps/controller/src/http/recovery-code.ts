/** Codes that open a session in another browser: random, for people to copy, stored only as a hash. */
import { createHash, randomInt } from 'node:crypto';

/** Crockford's base 32: no I, L, O, U, so that nothing is mistaken for a digit. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUPS = 7;
/** 7 × 4 digits of 5 bits: 140 bits, out of reach of any guessing. */
const GROUP_DIGITS = 4;

/** `K7QD-2M9X-…`, seven groups. */
export function newRecoveryCode(): string {
  const group = () => Array.from({ length: GROUP_DIGITS }, () => DIGITS[randomInt(DIGITS.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}

/** However it was typed: in lower case, with blanks, with O for 0 and I or L for 1. No salt: nobody can guess what is hashed. */
export function hashRecoveryCode(typed: string): string {
  const code = typed
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  return createHash('sha256').update(`recovery code ${code}`).digest('hex');
}
