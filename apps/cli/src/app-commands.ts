/** `serve` and `worker`: the other two programs, started from here. */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '@bulk-transcribe/protocol';
import { Command } from 'commander';
import { projectRoot } from './config.ts';

const settings = 'Settings are read from the environment and from .env: docs/configuration.md has them all. Ctrl-C stops it in its order.';

export const serveCommand = (): Command =>
  new Command('serve')
    .description('Start the controller: pages, API and queue, with a worker on this computer.')
    .addHelpText(
      'after',
      `
Examples:
  serve                          http://localhost:8476, for this computer alone
  PORT=9000 serve                another port
  HOST=0.0.0.0 ACCESS_PASSWORD=… CONTROLLER_BASE_URL=https://transcribe.example.org serve
                                 for others, behind a proxy with TLS
  API_TOKENS=… serve             lets transcribe --controller in

${settings}`,
    )
    .action(async () => {
      process.exitCode = await runApp('controller', []);
    });

export const workerCommand = (): Command =>
  new Command('worker')
    .description('Start a worker: the engine behind HTTP, for a controller on another machine, or pulling jobs.')
    .argument('[arguments...]', 'passed on to it: --test_input, --rp_serve_api and so on')
    .allowUnknownOption()
    .addHelpText(
      'after',
      `
Examples:
  WORKER_TOKEN=… worker                        waits on port 8477 for the controller that knows the token
  WORKER_TOKEN=… MODEL=large-v3-turbo worker   with another model
  worker --test_input '{"input":{"audio":"https://example.org/talk.mp3"}}'
                                               one job, without any server

${settings} More in docs/worker.md.`,
    )
    .action(async (args: string[]) => {
      process.exitCode = await runApp('worker', args);
    });

/** Answers its exit code. It ends with us, whatever ends us: by signals, and by the channel between us. */
async function runApp(app: 'controller' | 'worker', args: readonly string[]): Promise<number> {
  const fromSource = import.meta.filename.endsWith('.ts');
  const entry = path.join(projectRoot, 'apps', app, fromSource ? 'src/main.ts' : 'dist/main.js');
  if (!existsSync(entry))
    throw new AppError('not_found', `The ${app} is no part of this package: ${entry} is missing. Start it from the project's folder.`);
  const child = fork(entry, args, { stdio: 'inherit', execArgv: fromSource ? ['--conditions=bulk-transcribe-source'] : [] });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return await endOf(child);
}

const endOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
