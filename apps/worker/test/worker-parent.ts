/** Starts a worker as the controller does and tells its address: for the test that kills a parent. */
import { fork } from 'node:child_process';

const [entry = '', dataRoot = ''] = process.argv.slice(2);
const env = {
  PATH: process.env['PATH'],
  ENV_FILE: 'none',
  PORT: '0',
  LOG_LEVEL: 'silent',
  WORKER_TOKEN: 'test-token-0123456789',
  DATA_ROOT: dataRoot,
};
const worker = fork(entry, [], { env });
worker.once('message', (listening) => process.send?.(listening));
