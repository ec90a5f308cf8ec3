/** A process whose closing never ends: only a second signal ends it. */
import { pino } from 'pino';
import { closeOnSignal } from '../src/shutdown.ts';

const MINUTES = 600_000;
closeOnSignal(pino(), () => new Promise<void>(() => undefined), MINUTES);
setInterval(() => undefined, MINUTES);
process.stdout.write('ready\n');
