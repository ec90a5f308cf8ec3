import type { RemoteWorkerConfig } from '@bulk-transcribe/protocol';
import { CircleAlert } from 'lucide-react';
import { strings } from '../strings.ts';
import { moment } from '../times.ts';

/** Which configuration counts, where each value comes from, and what its owner should know. */
export function InForce({ config }: { readonly config: RemoteWorkerConfig }) {
  const words = strings.admin.remote;
  const { url, mode, sources, saved, warnings, updatedAt } = config;
  const name = words.modes[mode].name;
  return (
    <div className="in-force">
      <p>
        {words.inForce(url === '' ? name : `${name} · ${url}`)}
        <span className="muted small"> ({words.sources(sources.url, sources.token, sources.mode)})</span>
      </p>
      {saved && (
        <p className="muted small">
          {words.envWins} {words.savedIs(saved.url, saved.mode, saved.tokenSet)}
        </p>
      )}
      {updatedAt && <p className="muted small">{words.updated(moment(updatedAt))}</p>}
      <ul className="in-force-warnings">
        {warnings.map((warning) => (
          <li key={warning}>
            <CircleAlert className="outcome" data-outcome="warn" aria-hidden size={18} />
            <span>{warning}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
