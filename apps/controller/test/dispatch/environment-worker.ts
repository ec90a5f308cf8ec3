/** A worker that only writes down its environment and arguments, then stays until its parent is gone. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const folder = process.env['DATA_ROOT'] ?? '';
mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, 'environment.json'), JSON.stringify({ env: process.env, argv: process.argv.slice(2), execArgv: process.execArgv }));
process.on('disconnect', () => process.exit());
process.send?.({ type: 'listening', url: 'http://127.0.0.1:1' });
