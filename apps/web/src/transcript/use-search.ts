import type { Transcript } from '@bulk-transcribe/protocol';
import { type RefObject, useDeferredValue, useMemo, useRef, useState } from 'react';
import { findHits, type Hit } from './find-hits.ts';

export interface TextSearch {
  readonly query: string;
  readonly setQuery: (query: string) => void;
  readonly hits: readonly Hit[];
  /** Of the hit that is shown, among `hits`. */
  readonly place: number;
  /** To the next (1) or the one before (-1), around the ends. */
  readonly step: (by: 1 | -1) => void;
  readonly field: RefObject<HTMLInputElement | null>;
}

export function useSearch({ segments }: Transcript): TextSearch {
  const [query, setQuery] = useState('');
  const [place, setPlace] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const sought = useDeferredValue(query);
  const hits = useMemo(() => findHits(segments, sought), [segments, sought]);
  const change = (next: string): void => {
    setQuery(next);
    setPlace(0);
  };
  const step = (by: 1 | -1): void => setPlace((now) => (hits.length === 0 ? 0 : (Math.min(now, hits.length - 1) + by + hits.length) % hits.length));
  return { query, setQuery: change, hits, place: Math.min(place, Math.max(0, hits.length - 1)), step, field };
}
