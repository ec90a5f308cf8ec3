/**
 * Puts one app for production into a folder, with all that it needs beside Node: install → build → deploy → slim.
 *
 *   node scripts/assemble.mjs worker /out                           CPU
 *   node scripts/assemble.mjs worker /out --cuda                    and the CUDA provider of ONNX Runtime (Linux x64)
 *   node scripts/assemble.mjs worker /out --model large-v3-turbo    and a model, from the hub into /out/models
 *
 * The folder starts with `node apps/<app>/dist/main.js` wherever it is copied to. `node check-image.mjs` in it says whether the
 * machine around it has what the app expects.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { addModel } from './assemble/add-model.mjs';
import { deployApp } from './assemble/deploy-app.mjs';
import { addCudaProvider, slim } from './assemble/onnx-runtime.mjs';
import { installDependencies } from './setup/dependencies.mjs';
import { say } from './setup/processes.mjs';
import { SetupError, toSetupError } from './setup/setup-error.mjs';
import { prepareToolchain } from './setup/toolchain.mjs';

async function main() {
  const { values, positionals } = parseArgs({ options: { cuda: { type: 'boolean' }, model: { type: 'string' } }, allowPositionals: true });
  const [app, folder] = positionals;
  if (!app || !folder) throw new SetupError('Usage: node scripts/assemble.mjs APP FOLDER [--cuda] [--model NAME]');
  const into = path.resolve(folder);
  const tools = await prepareToolchain();
  await installDependencies(tools);
  await deployApp(tools, { app, into });
  if (values.cuda) await addCudaProvider(tools, into);
  if (values.model) await addModel(tools, { name: values.model, into });
  slim(into);
  say(`${app} is assembled in ${into}.`);
}

main().catch((error) => {
  const known = toSetupError(error);
  if (!known) throw error;
  console.error(`\n${known.message}\n`);
  process.exitCode = 1;
});
