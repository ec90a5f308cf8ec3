import { trySettings } from '@bulk-transcribe/service';
import { type Config, settingsTable } from '../../src/config.ts';

/** The settings of a worker that is started with these variables and no others. Throws where one is wrong. */
export function readWorkerSettings(variables: Readonly<Record<string, string>>): Config {
  const { settings, problems } = trySettings(settingsTable, variables, '/');
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return settings;
}
