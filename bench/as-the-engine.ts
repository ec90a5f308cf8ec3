import { fork } from 'node:child_process';
import { once } from 'node:events';
import { ALLOCATOR } from '../packages/speech/src/engine-process/allocator.ts';

/** The allocator reads its settings when a process begins: this command runs again with those of the engine's process, and `main` in that one. */
export async function asTheEngine(main: () => Promise<void>): Promise<void> {
  if (Object.entries(ALLOCATOR).every(([name, value]) => process.env[name] === value)) return main();
  const [, script = '', ...given] = process.argv;
  const again = fork(script, given, { env: { ...process.env, ...ALLOCATOR } });
  const [code] = (await once(again, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}

/** For a child that is no engine. */
export const withoutAllocator = (): NodeJS.ProcessEnv => Object.fromEntries(Object.entries(process.env).filter(([name]) => !(name in ALLOCATOR)));
