/** Search over what was said in all recordings of a session. */
import type { FoundTranscript, SearchPage } from '@bulk-transcribe/protocol';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { excerpt, type Term, termsOf } from '../search/terms.ts';

interface SearchRequest {
  readonly query: string;
  /** `next` of the page before. */
  readonly before?: string | undefined;
  /** Transcripts of a page. */
  readonly limit: number;
}

export interface TranscriptSearch {
  /** Transcripts in which all the words are said, newest first. Nothing for a query without words. */
  search(sessionId: string, request: SearchRequest): Promise<SearchPage>;
}

/** Lines that are shown of each transcript. */
const LINES = 5;

export const transcriptSearch = (database: Database): TranscriptSearch => ({
  search: async (sessionId, { query, before, limit }) => {
    const terms = termsOf(query);
    if (terms.length === 0) return { found: [], next: null };
    const rows = await matchingTasks(database, { sessionId, terms, before })
      .limit(limit + 1)
      .execute();
    const page = rows.slice(0, limit);
    const found = await withLines(database, page, terms);
    return { found, next: rows.length > limit ? (found.at(-1)?.taskId ?? null) : null };
  },
});

interface Matching {
  readonly sessionId: string;
  readonly terms: readonly Term[];
  readonly before: string | undefined;
}

/** Tasks whose transcripts have every term in some line; ids begin with their time, so their order is that of creation. */
function matchingTasks({ sql: from }: Database, { sessionId, terms, before }: Matching) {
  let query = from
    .selectFrom('search_line')
    .innerJoin('task', 'task.id', 'search_line.task_id')
    .innerJoin('job', 'job.id', 'task.job_id')
    .innerJoin('recording', 'recording.id', 'task.recording_id')
    .select(({ fn }) => [
      'task.id as taskId',
      'job.id as jobId',
      'job.name as job',
      'recording.name as recording',
      fn.countAll<string | number>().as('lineCount'),
    ])
    .where('task.session_id', '=', sessionId)
    .where(has(anyOf(terms)))
    .groupBy(['task.id', 'job.id', 'recording.id'])
    .orderBy('task.id', 'desc');
  for (const term of terms) query = query.having(sql<boolean>`bool_or(${has(conditionOf(term))})`);
  return before === undefined ? query : query.where('task.id', '<', before);
}

type Row = Awaited<ReturnType<ReturnType<typeof matchingTasks>['execute']>>[number];

/** Of each transcript the lines with the most terms, in order of time. */
async function withLines({ sql: from }: Database, rows: readonly Row[], terms: readonly Term[]): Promise<FoundTranscript[]> {
  if (rows.length === 0) return [];
  const score = sql.join(
    terms.map((term) => sql`(${has(conditionOf(term))})::int`),
    sql` + `,
  );
  const ranked = from
    .selectFrom('search_line')
    .select(['task_id', 'start_sec', 'text'])
    .select(sql<number>`row_number() OVER (PARTITION BY task_id ORDER BY ${score} DESC, start_sec)`.as('rank'))
    .where('task_id', 'in', rows.map(({ taskId }) => taskId)) // biome-ignore format: one condition a line
    .where(has(anyOf(terms)));
  const lines = await from.selectFrom(ranked.as('ranked')).selectAll().where('rank', '<=', LINES).orderBy('start_sec').execute();
  const byTask = Map.groupBy(lines, ({ task_id }) => task_id);
  return rows.map((row) => ({
    ...row,
    lineCount: Number(row.lineCount),
    lines: (byTask.get(row.taskId) ?? []).map(({ start_sec: start, text }) => ({ start, ...excerpt(text, terms) })),
  }));
}

const has = (condition: string): RawBuilder<boolean> => sql<boolean>`search_line.words @@ ${condition}::tsquery`;

/** `'e' <-> 'mail':*`: words next to each other. They hold nothing that would need quoting. */
const conditionOf = ({ words, isBeginning }: Term): string => words.map((word) => `'${word}'`).join(' <-> ') + (isBeginning ? ':*' : '');

const anyOf = (terms: readonly Term[]): string => terms.map((term) => `(${conditionOf(term)})`).join(' | ');
