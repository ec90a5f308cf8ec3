import type { Segment, Transcript } from '@bulk-transcribe/protocol';
import { type RefObject, useDeferredValue, useMemo, useRef, useState } from 'react';
import { findHits, type Hit } from './find-hits.ts';

export interface TextSearch {
  readonly query: string;
  readonly setQuery: (query: string) => void;
  /** What is searched. */
  readonly segments: readonly Segment[];
  readonly hits: readonly Hit[];
  /** Of the hit that is shown, among `hits`. */
  readonly place: number;
  /** To the next (1) or the one before (-1), around the ends. */
  readonly step: (by: 1 | -1) => void;
  /** How many hits were replaced since the query was typed. */
  readonly replaced: number;
  readonly addReplaced: (hits: number) => void;
  readonly field: RefObject<HTMLInputElement | null>;
}

export function useSearch({ segments }: Transcript): TextSearch {
  const [query, setQuery] = useState('');
  const [place, setPlace] = useState(0);
  const [replaced, setReplaced] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const sought = useDeferredValue(query);
  const hits = useMemo(() => findHits(segments, sought), [segments, sought]);
  const change = (next: string): void => {
    setQuery(next);
    setPlace(0);
    setReplaced(0);
  };
  const step = (by: 1 | -1): void => setPlace((now) => (hits.length === 0 ? 0 : (Math.min(now, hits.length - 1) + by + hits.length) % hits.length));
  const addReplaced = (more: number): void => setReplaced((before) => before + more);
  return { query, setQuery: change, segments, hits, place: Math.min(place, Math.max(0, hits.length - 1)), step, replaced, addReplaced, field };
}
