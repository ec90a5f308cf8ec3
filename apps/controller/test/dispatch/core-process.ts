/** A controller core in a process that can be killed: says when the first of ten tasks is in the middle of its work. */
import { pino } from 'pino';
import { openCore, submit, untilTask } from './controller-core.ts';

const [dataRoot = '', gate = ''] = process.argv.slice(2);
let worker = 0;
const write = (line: string): void => {
  const { workerPid, msg } = JSON.parse(line) as { workerPid: number; msg: string };
  if (msg === 'the local worker listens') worker = workerPid;
};
const core = await openCore({ dataRoot, log: pino({ base: null }, { write }) });
const tasks = await submit(
  core,
  Array.from({ length: 10 }, () => `fake{windows=2,wait-for=${gate}}`),
);
await untilTask(core.jobs, tasks[0]?.id ?? '', ({ preview }) => preview.length > 0);
process.send?.({ worker, tasks: tasks.map(({ id }) => id) });
