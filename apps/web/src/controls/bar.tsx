import { ProgressBar } from 'react-aria-components';

interface BarProps {
  readonly label: string;
  /** 0 to 1; null where the end is not known. */
  readonly fraction: number | null;
  /** The same in words, for screen readers. */
  readonly valueText: string;
}

/** A thin progress bar. */
export function Bar({ label, fraction, valueText }: BarProps) {
  return (
    <ProgressBar
      className="bar"
      aria-label={label}
      minValue={0}
      maxValue={1}
      value={fraction ?? 0}
      isIndeterminate={fraction === null}
      {...(fraction !== null && { valueLabel: valueText })}
    >
      <div className="bar-fill" style={{ inlineSize: `${(fraction ?? 0) * 100}%` }} data-unknown={fraction === null || undefined} />
    </ProgressBar>
  );
}
