import { strings } from './strings.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
const number = new Intl.NumberFormat(strings.locale, { maximumSignificantDigits: 3 });

/** `180 kB`, `5.37 GB`: decimal units, as file managers show them. */
export function fileSize(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${number.format(bytes / 1000 ** power)} ${UNITS[power]}`;
}
