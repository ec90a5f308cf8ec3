/** The first start of a controller's database, in a process that can be killed. */
import { openDatabase } from '../../src/database/open-database.ts';

await openDatabase(process.argv[2] ?? '');
