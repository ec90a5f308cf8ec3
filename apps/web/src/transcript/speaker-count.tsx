import { ChoiceMenu } from '../controls/choice-menu.tsx';
import { strings } from '../strings.ts';
import type { TellAnew } from './use-tell-anew.ts';

/** As a number that people know; more are found out. */
const MOST = 12;
const CHOICES = ['', ...Array.from({ length: MOST }, (_, index) => String(index + 1))];

interface SpeakerCountProps {
  /** How many the transcript has now. */
  readonly count: number;
  readonly tellAnew: TellAnew;
}

/** How many speakers there are: another number has them told apart anew, in a few seconds. */
export function SpeakerCount({ count, tellAnew: { tell, isTelling } }: SpeakerCountProps) {
  const words = strings.speakers;
  return (
    <div className="speaker-count">
      <ChoiceMenu
        label={words.count}
        chosen={words.chosen(count)}
        value={String(count)}
        choices={CHOICES.map((value) => [value, words.choice(value)] as const)}
        onChange={(value) => void tell(value === '' ? null : Number(value))}
      />
      <p className="muted small" role="status">
        {isTelling && words.telling}
      </p>
    </div>
  );
}
