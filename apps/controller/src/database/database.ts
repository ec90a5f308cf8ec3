import { AsyncLocalStorage } from 'node:async_hooks';
import { type Kysely, type Transaction as KyselyTransaction, sql } from 'kysely';
import type { Db as QueueDatabase } from 'pg-boss';
import type { Tables } from './tables.ts';

export type Transaction = KyselyTransaction<Tables>;

interface DatabaseParts {
  /** embedded: PGlite, in this process; server: a PostgreSQL. */
  readonly kind: 'embedded' | 'server';
  readonly kysely: Kysely<Tables>;
  readonly queue: QueueDatabase;
}

/** Attempts of a transaction that the server broke off. */
const MAX_TRIES = 5;
/**
 * serialization_failure, deadlock_detected, and admin_shutdown, the end of a connection that lay in the pool: nothing was written, and the same
 * again, over another connection, may well go through.
 */
const brokenOff: readonly unknown[] = ['40001', '40P01', '57P01'];
/** As the driver and the network tell of a connection that is gone, to a statement or to the rollback after it. */
const CONNECTION_LOST = /^Connection terminated unexpectedly$|is not queryable$|ECONNRESET|EPIPE/;

/**
 * The database of the controller, in PostgreSQL's dialect whatever stands behind it.
 *
 * An embedded database has one connection. Whoever touches it inside a transaction without going through the
 * transaction waits for himself, for ever; the main handles therefore throw there.
 */
export class Database {
  readonly kind: DatabaseParts['kind'];
  readonly #kysely: Kysely<Tables>;
  readonly #queue: QueueDatabase;
  readonly #insideTransaction = new AsyncLocalStorage<true>();

  constructor({ kind, kysely, queue }: DatabaseParts) {
    this.kind = kind;
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

  /** Commits what `work` did, or nothing of it where it throws. `work` runs again where the server broke it off. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#assertOutside();
    return this.#insideTransaction.run(true, () => this.#persist(work));
  }

  /**
   * While `work` runs, no other controller on the same database runs work of this name. `work` uses the main handles.
   */
  async exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
    // An embedded database has one controller, and one connection that must not be held.
    if (this.kind === 'embedded') return work();
    return this.#kysely.transaction().execute(async (tx) => {
      await sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx);
      return work();
    });
  }

  async #persist<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      let committing = false;
      const watched = async (tx: Transaction) => {
        const result = await work(tx);
        committing = true;
        return result;
      };
      try {
        return await this.#kysely.transaction().execute(watched);
      } catch (cause) {
        // Of a connection that is lost while it commits nobody knows whether it did.
        const again = isBrokenOff(cause) || (!committing && isLost(cause));
        if (tries === MAX_TRIES || !again) throw cause;
      }
    }
  }

  #assertOutside(): void {
    if (this.#insideTransaction.getStore()) throw new Error('The main database handle was used inside a transaction.');
  }
}

const isBrokenOff = (cause: unknown): boolean => brokenOff.includes((cause as { code?: unknown }).code);
const isLost = (cause: unknown): boolean => cause instanceof Error && CONNECTION_LOST.test(cause.message);

export interface OpenDatabase {
  readonly database: Database;
  close(): Promise<void>;
}
