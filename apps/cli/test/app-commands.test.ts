import { expect, it } from 'vitest';
import { emptyFolder, runCli } from './run-cli.ts';

it('serve starts the controller: its words and its exit code are passed on', async () => {
  const { code, stderr } = await runCli(['serve'], emptyFolder(), { PORT: 'many', DATA_ROOT: emptyFolder() });
  expect([code, stderr]).toEqual([2, expect.stringContaining('PORT is "many"; allowed: a port number')]);
});

it('worker starts the worker, with what else is said', async () => {
  const { code, stdout } = await runCli(['worker', '--test_input', '{}'], emptyFolder(), { DATA_ROOT: emptyFolder() });
  expect([code, JSON.parse(stdout)]).toEqual([1, { id: 'local_test', error: expect.stringContaining('has no “input”') }]);
});
