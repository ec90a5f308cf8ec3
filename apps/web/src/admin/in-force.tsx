import type { RemoteWorkerConfig } from '@bulk-transcribe/protocol';
import { strings } from '../strings.ts';
import { moment } from '../times.ts';
import { Warnings } from './warnings.tsx';

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
      <Warnings warnings={warnings} />
    </div>
  );
}
