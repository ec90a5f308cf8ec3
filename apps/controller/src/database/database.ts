import { AsyncLocalStorage } from 'node:async_hooks';
import type { Kysely, Transaction as KyselyTransaction } from 'kysely';
import type { Db as QueueDatabase } from 'pg-boss';
import type { Tables } from './tables.ts';

export type Transaction = KyselyTransaction<Tables>;

/**
 * The database of the controller, in PostgreSQL's dialect whatever stands behind it.
 *
 * An embedded database has one connection. Whoever touches it inside a transaction without going through the
 * transaction waits for himself, for ever; the main handles therefore throw there.
 */
export class Database {
  readonly #kysely: Kysely<Tables>;
  readonly #queue: QueueDatabase;
  readonly #insideTransaction = new AsyncLocalStorage<true>();

  constructor(kysely: Kysely<Tables>, queue: QueueDatabase) {
    this.#kysely = kysely;
    this.#queue = queue;
  }

  /** For single statements outside any transaction. */
  get sql(): Kysely<Tables> {
    this.#assertOutside();
    return this.#kysely;
  }

  /** The queue's own way in; shares the connection. */
  get queueDatabase(): QueueDatabase {
    const queue = this.#queue;
    return {
      ...queue,
      executeSql: async (text, values) => {
        this.#assertOutside();
        return queue.executeSql(text, values);
      },
    };
  }

  /** Commits what `work` did, or nothing of it where it throws. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#assertOutside();
    return this.#insideTransaction.run(true, () => this.#kysely.transaction().execute(work));
  }

  #assertOutside(): void {
    if (this.#insideTransaction.getStore()) throw new Error('The main database handle was used inside a transaction.');
  }
}
