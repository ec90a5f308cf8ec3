import './search-form.css';
import '../controls/field.css';
import { Search } from 'lucide-react';
import type { FormEvent } from 'react';
import { Button } from 'react-aria-components';
import { navigate, searchPath } from '../router.ts';
import { strings } from '../strings.ts';

/** The way to the search over all transcripts, from wherever it stands. */
export function SearchForm({ query = '' }: { readonly query?: string }) {
  const words = strings.searchAll;
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const sought = String(new FormData(event.currentTarget).get('q')).trim();
    if (sought !== '') navigate(searchPath(sought));
  };
  return (
    <search>
      <form className="search-form" onSubmit={submit}>
        <input
          key={query}
          className="input"
          type="search"
          name="q"
          dir="auto"
          maxLength={200}
          aria-label={words.label}
          placeholder={words.label}
          defaultValue={query}
        />
        <Button className="button search-button" type="submit">
          <Search aria-hidden size={16} />
          {words.go}
        </Button>
      </form>
    </search>
  );
}
