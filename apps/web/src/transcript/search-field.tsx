import { ChevronDown, ChevronUp, Search } from 'lucide-react';
import { Button } from 'react-aria-components';
import { strings } from '../strings.ts';
import type { TextSearch } from './use-search.ts';

/** Search in the text: how many hits, and to the next and the one before. */
export function SearchField({ search: { query, setQuery, hits, place, step, replaced, field } }: { readonly search: TextSearch }) {
  const words = strings.search;
  const found = hits.length === 0 && replaced > 0 ? words.replaced(replaced) : words.hits(hits.length === 0 ? 0 : place + 1, hits.length);
  return (
    <search className="text-search">
      <Search aria-hidden size={16} />
      <input
        ref={field}
        className="input"
        type="search"
        dir="auto"
        aria-label={words.label}
        placeholder={words.label}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
          if (event.key === 'Escape') setQuery('');
        }}
      />
      <span className="muted small tabular" role="status">
        {query.trim() !== '' && found}
      </span>
      <Button className="icon-button" aria-label={words.previous} isDisabled={hits.length === 0} onPress={() => step(-1)}>
        <ChevronUp aria-hidden size={18} />
      </Button>
      <Button className="icon-button" aria-label={words.next} isDisabled={hits.length === 0} onPress={() => step(1)}>
        <ChevronDown aria-hidden size={18} />
      </Button>
    </search>
  );
}
