/**
 * Puts one app for production into a folder, with all that it needs beside Node: install → build → deploy → slim.
 *
 *   node scripts/assemble.mjs worker /out          CPU
 *   node scripts/assemble.mjs worker /out --cuda   and the CUDA provider of ONNX Runtime (Linux x64)
 *
 * The folder starts with `node apps/<app>/dist/main.js` wherever it is copied to. `node check-image.mjs` in it says whether the
 * machine around it has what the app expects.
 */
import path from 'node:path';
import { deployApp } from './assemble/deploy-app.mjs';
import { addCudaProvider, slim } from './assemble/onnx-runtime.mjs';
import { installDependencies } from './setup/dependencies.mjs';
import { say } from './setup/processes.mjs';
import { toSetupError } from './setup/setup-error.mjs';
import { prepareToolchain } from './setup/toolchain.mjs';

async function main() {
  const [app, folder, ...flags] = process.argv.slice(2);
  if (!app || !folder || flags.some((flag) => flag !== '--cuda')) {
    console.error('Usage: node scripts/assemble.mjs APP FOLDER [--cuda]');
    process.exitCode = 2;
    return;
  }
  const into = path.resolve(folder);
  const tools = await prepareToolchain();
  await installDependencies(tools);
  await deployApp(tools, { app, into });
  if (flags.includes('--cuda')) await addCudaProvider(tools, into);
  slim(into);
  say(`${app} is assembled in ${into}.`);
}

main().catch((error) => {
  const known = toSetupError(error);
  if (!known) throw error;
  console.error(`\n${known.message}\n`);
  process.exitCode = 1;
});
