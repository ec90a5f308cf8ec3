/**
 * The commands of package.json, for a machine that has Node >= 20 and npm and nothing else:
 * toolchain → dependencies → build → run. What is already there is not done again, so later runs need no network.
 */
import { toSetupError } from './setup/setup-error.mjs';

const commands = {
  start: { build: true, run: ['apps/controller/dist/main.js'] },
  worker: { build: true, run: ['apps/worker/dist/main.js'] },
  cli: { build: true, run: ['apps/cli/dist/main.js'], quiet: true },
  test: { build: false, pnpm: ['run', 'check'] },
  dev: { build: false, run: ['scripts/dev.mjs'] },
};

async function main() {
  const [name, ...args] = process.argv.slice(2);
  const command = commands[name];
  const { requireNode } = await import('./setup/requirements.mjs');
  requireNode();
  const { prepareToolchain } = await import('./setup/toolchain.mjs');
  const { installDependencies } = await import('./setup/dependencies.mjs');
  const { buildApps } = await import('./setup/build.mjs');
  const { runToEnd } = await import('./setup/processes.mjs');
  const tools = await prepareToolchain(command);
  await installDependencies(tools, command);
  if (command.build) await buildApps(tools, command);
  const line = command.pnpm ? [tools.pnpm, ...command.pnpm] : command.run;
  process.exitCode = await runToEnd(tools.node, [...line, ...args], tools.env);
}

main().catch((error) => {
  const known = toSetupError(error);
  if (!known) throw error;
  console.error(`\n${known.message}\n`);
  process.exitCode = 1;
});
