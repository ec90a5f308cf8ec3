import { readFileSync } from 'node:fs';

/** Of this package: its manifest lies one folder up, from `src` as from `dist`. */
export function engineVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
}
