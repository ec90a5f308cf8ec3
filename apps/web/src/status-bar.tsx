import type { Routing } from '@bulk-transcribe/protocol';
import { CircleAlert, CloudOff, Hourglass, LockOpen } from 'lucide-react';
import { useSession } from './parts.ts';
import { isWorthSaying } from './place-strings.ts';
import { strings } from './strings.ts';

/** Says calmly what stands between the person and their transcript, if anything does. */
export function StatusBar() {
  const { system, connected } = useSession();
  return (
    <div className="status-bar" role="status">
      {!connected && (
        <p className="status warn">
          <CloudOff aria-hidden size={18} />
          <span>{strings.connectionLost}</span>
        </p>
      )}
      {connected && system && !system.ready && (
        <p className="status">
          <Hourglass aria-hidden size={18} />
          <span>
            <strong>{strings.notReadyTitle}</strong> {system.message} {strings.notReady}
          </span>
        </p>
      )}
      {connected && system?.ready && isWorthSaying(system.routing) && (
        <p className="status">
          <Hourglass aria-hidden size={18} />
          <span>{routingWords(system.routing)}</span>
        </p>
      )}
      {connected && system?.routing.notices.map((notice) => <NoticeLine key={notice.text} notice={notice} />)}
      {connected && system?.access === 'open' && (
        <p className="status small">
          <LockOpen aria-hidden size={18} />
          <span>{strings.access.open}</span>
        </p>
      )}
    </div>
  );
}

function NoticeLine({ notice: { kind, text } }: { readonly notice: Routing['notices'][number] }) {
  const Icon = kind === 'alarm' ? CircleAlert : Hourglass;
  return (
    <p className={kind === 'alarm' ? 'status alarm' : 'status'}>
      <Icon aria-hidden size={18} />
      <span>{text}</span>
    </p>
  );
}

const routingWords = ({ place, reason }: Routing): string =>
  place === null ? strings.place.waiting(reason) : strings.place.instead(strings.worker(place), reason);
