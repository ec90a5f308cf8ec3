import { type FormEvent, useState } from 'react';
import { Button } from 'react-aria-components';
import { strings } from '../strings.ts';
import type { Correction } from './corrections.ts';
import { findHits, type Hit } from './find-hits.ts';
import { replaceHits } from './replace-hits.ts';
import type { TextSearch } from './use-search.ts';

interface ReplaceFieldProps {
  readonly search: TextSearch;
  /** A line is being corrected: what is replaced in it would be written over. */
  readonly isDisabled: boolean;
  readonly onCorrect: (correction: Correction) => Promise<boolean>;
}

/** Other words for what was found, at the place that is shown or everywhere. Each is a correction that can be taken back. */
export function ReplaceField({ search, isDisabled, onCorrect }: ReplaceFieldProps) {
  const { hits, place, segments } = search;
  const [words, setWords] = useState('');
  const text = strings.search;
  const cannot = isDisabled || hits.length === 0;
  const replace = async (which: readonly Hit[]): Promise<boolean> => {
    const isMade = !cannot && (await onCorrect(replaceHits(segments, which, words)));
    if (isMade) search.addReplaced(which.length);
    return isMade;
  };
  const replaceOne = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    // Words that hold what is sought are found again: the next place is the one behind.
    if ((await replace(hits.slice(place, place + 1))) && findHits([{ text: words }], search.query).length > 0) search.step(1);
  };
  return (
    <form className="text-replace" onSubmit={replaceOne}>
      <input
        className="input"
        dir="auto"
        maxLength={1000}
        aria-label={text.replaceWith}
        placeholder={text.replaceWith}
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      <Button className="button quiet" type="submit" isDisabled={cannot}>
        {text.replace}
      </Button>
      <Button className="button quiet" isDisabled={cannot} onPress={() => void replace(hits)}>
        {text.replaceAll(hits.length)}
      </Button>
    </form>
  );
}
