import { CircleAlert } from 'lucide-react';

/** What the owner of the configuration should know. */
export function Warnings({ warnings }: { readonly warnings: readonly string[] }) {
  return (
    <ul className="warnings">
      {warnings.map((warning) => (
        <li key={warning}>
          <CircleAlert className="outcome" data-outcome="warn" aria-hidden size={18} />
          <span>{warning}</span>
        </li>
      ))}
    </ul>
  );
}
