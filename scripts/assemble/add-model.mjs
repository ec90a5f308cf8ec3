import path from 'node:path';
import { root } from '../setup/paths.mjs';
import { runStep } from '../setup/processes.mjs';

/** Fetches a model, as the command line does, into the assembled folder. */
export async function addModel(tools, { name, into }) {
  const cli = [path.join(root, 'apps/cli/src/main.ts'), 'models', 'install', name];
  const env = { ...tools.env, ENV_FILE: 'none', MODELS_DIR: path.join(into, 'models') };
  await runStep(`Fetching the model ${name}`, tools.node, ['--conditions=bulk-transcribe-source', '--no-warnings', ...cli], { env });
}
