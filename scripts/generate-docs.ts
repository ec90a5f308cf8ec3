/** Writes the generated documents, or with `--check` fails where a committed one is not what would be written. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { settingsTable as cliTable } from '../apps/cli/src/config.ts';
import { settingsTable as controllerTable, projectRoot } from '../apps/controller/src/config.ts';
import { settingsTable as workerTable } from '../apps/worker/src/config.ts';
import { configurationPage, envExample } from './docs/configuration.ts';
import { withRemoteProblems } from './docs/remote-problems.ts';
import { thirdPartyPage } from './docs/third-party.ts';

const apps = [
  { name: 'Controller', command: 'npm start', table: controllerTable },
  { name: 'Worker', command: 'npm run worker', table: workerTable },
  { name: 'Command line', command: 'npm run cli -- …', table: cliTable },
];

const documents: Readonly<Record<string, string>> = {
  'docs/configuration.md': configurationPage(apps),
  '.env.example': envExample(apps),
  'docs/third-party.md': thirdPartyPage(projectRoot),
  'docs/pod-per-session.md': withRemoteProblems(current(path.join(projectRoot, 'docs/pod-per-session.md'))),
};

const check = process.argv.includes('--check');
for (const [name, text] of Object.entries(documents)) {
  const file = path.join(projectRoot, name);
  if (!check) writeFileSync(file, text);
  else if (current(file) !== text) {
    console.error(`${name} is not up to date: run "pnpm docs:generate" and commit the result.`);
    process.exitCode = 1;
  }
}

function current(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
