import { Replace, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { strings } from '../strings.ts';
import type { Correction } from './corrections.ts';
import { ReplaceField } from './replace-field.tsx';
import { SearchField } from './search-field.tsx';
import type { TextSearch } from './use-search.ts';

interface TextToolsProps {
  readonly search: TextSearch;
  /** A line is being corrected. */
  readonly isCorrecting: boolean;
  readonly onCorrect: (correction: Correction) => Promise<boolean>;
  readonly undo: (() => void) | null;
}

/** What stands over the text and stays in sight: search, replace, undo. */
export function TextTools({ search, isCorrecting, onCorrect, undo }: TextToolsProps) {
  const [isReplacing, setReplacing] = useState(false);
  return (
    <div className="text-tools">
      <SearchField search={search} />
      <div className="text-tools-buttons">
        <Button
          className="icon-button"
          aria-label={strings.search.replaceMore}
          aria-expanded={isReplacing}
          onPress={() => setReplacing(!isReplacing)}
        >
          <Replace aria-hidden size={18} />
        </Button>
        <Button className="icon-button" aria-label={strings.correct.undo} isDisabled={undo === null} onPress={() => undo?.()}>
          <Undo2 aria-hidden size={18} />
        </Button>
      </div>
      {isReplacing && <ReplaceField search={search} isDisabled={isCorrecting} onCorrect={onCorrect} />}
    </div>
  );
}
