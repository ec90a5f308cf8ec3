import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Identity } from '@bulk-transcribe/protocol';

/** Which build this is: from the image's build arguments, else from git where there is a checkout, else "unknown". */
export function readIdentity(root: string, given: { gitCommit: string; buildTime: string }): Identity {
  return { version: readVersion(root), gitCommit: given.gitCommit || gitCommit(root), buildTime: given.buildTime || 'unknown' };
}

/** Of the product, as the package.json in its root says. */
export function readVersion(root: string): string {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}

function gitCommit(root: string): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return 'unknown';
  }
}
