import type { FoundTranscript } from '@bulk-transcribe/protocol';
import { useEffect, useState } from 'react';
import { client } from '../api/client.ts';
import { type Problem, problemOfCause } from '../api/request.ts';

interface Results {
  /** Null until the first page is there. */
  readonly found: readonly FoundTranscript[] | null;
  readonly problem: Problem | null;
  /** Asks for the next page, or again where that failed; null where all is there, or is being asked for. */
  readonly more: (() => void) | null;
}

interface Pages {
  readonly found: readonly FoundTranscript[] | null;
  readonly next: string | null;
  readonly problem: Problem | null;
}

const nothing: Pages = { found: null, next: null, problem: null };

/** What is found for `query`, page by page. The component is made anew for another query. */
export function useResults(query: string): Results {
  const [pages, setPages] = useState(nothing);
  /** What is asked for: the page behind this transcript, the first where it is null; another object asks again. */
  const [wanted, want] = useState<{ readonly before: string | null }>({ before: null });
  const [isAsking, setAsking] = useState(true);
  useEffect(() => {
    const asking = new AbortController();
    setAsking(true);
    client.search({ query, before: wanted.before }, asking.signal).then(
      ({ found, next }) => {
        setPages((known) => ({ found: [...(wanted.before === null ? [] : (known.found ?? [])), ...found], next, problem: null }));
        setAsking(false);
      },
      (cause: unknown) => {
        if (asking.signal.aborted) return;
        setPages((known) => ({ ...known, problem: problemOfCause(cause) }));
        setAsking(false);
      },
    );
    return () => asking.abort();
  }, [query, wanted]);
  const hasMore = pages.next !== null || pages.problem !== null;
  return { found: pages.found, problem: pages.problem, more: hasMore && !isAsking ? () => want({ before: pages.next }) : null };
}
