/** For the owner: the remote worker, what the workers do, the queue, models, the system. Holds no data before the token is given. */
import './admin.css';
import './workers.css';
import type { RemoteWorkerConfig } from '@bulk-transcribe/protocol';
import { useEffect, useEffectEvent, useState } from 'react';
import { Button } from 'react-aria-components';
import { type Problem, problemOfCause, RequestError } from '../api/request.ts';
import { strings } from '../strings.ts';
import { type AdminClient, adminClient } from './admin-client.ts';
import { ErrorsSection } from './errors-section.tsx';
import { FurtherWorkersSection } from './further-workers-section.tsx';
import { ModelsSection } from './models-section.tsx';
import { QueueSection } from './queue-section.tsx';
import { RemoteWorkerSection } from './remote-worker-section.tsx';
import { SystemSection } from './system-section.tsx';
import { TokenGate } from './token-gate.tsx';
import { usePolled } from './use-polled.ts';
import { WorkersSection } from './workers-section.tsx';

/** Kept for the tab only: the browser forgets it with the tab. */
const KEY = 'admin-token';
/** How often workers and queue are asked about, milliseconds. */
const ASK_EVERY_MS = 2_000;

type Door =
  | { readonly state: 'asking' }
  | { readonly state: 'off' }
  | { readonly state: 'closed'; readonly problem: Problem | null }
  | { readonly state: 'open'; readonly client: AdminClient; readonly config: RemoteWorkerConfig };

export function AdminPage() {
  const { door, enter, leave } = useDoor();
  switch (door.state) {
    case 'asking':
      return <p className="column muted">{strings.admin.loading}</p>;
    case 'off':
      return (
        <div className="column message">
          <h1>{strings.admin.off.title}</h1>
          <p>{strings.admin.off.text}</p>
        </div>
      );
    case 'closed':
      return <TokenGate problem={door.problem} onEnter={enter} />;
    case 'open':
      return <Admin client={door.client} config={door.config} onLeave={leave} />;
  }
}

function Admin({ client, config, onLeave }: { readonly client: AdminClient; readonly config: RemoteWorkerConfig; readonly onLeave: () => void }) {
  const { now: overview, refresh } = usePolled(client.overview, ASK_EVERY_MS);
  return (
    <div className="column admin">
      <h1>{strings.admin.title}</h1>
      <RemoteWorkerSection client={client} config={config} onSaved={refresh} />
      <FurtherWorkersSection client={client} onChanged={refresh} />
      <WorkersSection client={client} overview={overview} onChanged={refresh} />
      <QueueSection client={client} overview={overview} onChanged={refresh} />
      <ErrorsSection overview={overview} />
      <ModelsSection client={client} />
      <SystemSection client={client} />
      <Button className="link-button small admin-leave" onPress={onLeave}>
        {strings.admin.gate.leave}
      </Button>
    </div>
  );
}

/** Whether this tab may come in. */
function useDoor() {
  const [door, setDoor] = useState<Door>({ state: 'asking' });
  const enter = async (token: string, first = false): Promise<void> => {
    const client = adminClient(token);
    try {
      const config = await client.config();
      sessionStorage.setItem(KEY, token);
      setDoor({ state: 'open', client, config });
    } catch (cause) {
      setDoor(closedBy(cause, first));
    }
  };
  const leave = (): void => {
    sessionStorage.removeItem(KEY);
    setDoor({ state: 'closed', problem: null });
  };
  const look = useEffectEvent(() => void enter(sessionStorage.getItem(KEY) ?? '', true));
  useEffect(() => look(), []);
  return { door, enter, leave };
}

/** `first`: nobody has entered anything yet, so a refusal is no news. */
function closedBy(cause: unknown, first: boolean): Door {
  const code = cause instanceof RequestError ? cause.code : null;
  if (code === 'admin_not_configured') return { state: 'off' };
  if (code !== 'admin_unauthorized') return { state: 'closed', problem: problemOfCause(cause) };
  return { state: 'closed', problem: first ? null : strings.admin.gate.wrong };
}
