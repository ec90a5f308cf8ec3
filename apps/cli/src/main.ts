#!/usr/bin/env node
/** Below it, some of what the program stands on is not there, and the first import of it would fail with a riddle. */
const LEAST_NODE = 24;

if (Number.parseInt(process.versions.node, 10) < LEAST_NODE) {
  console.error(`Bulk Transcribe needs Node ${LEAST_NODE} or later; this is ${process.versions.node}.`);
  process.exitCode = 2;
} else {
  await import('./command-line.ts');
}
