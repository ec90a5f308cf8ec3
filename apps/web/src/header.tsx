import type { Routing } from '@bulk-transcribe/protocol';
import { AudioLines, Settings } from 'lucide-react';
import { Link } from './controls/link.tsx';
import { useSession } from './parts.ts';
import { adminPath, jobsPath } from './router.ts';
import { strings } from './strings.ts';

/** The product's name, and where recordings are computed. */
export function Header() {
  const { system } = useSession();
  return (
    <header className="header">
      <Link className="wordmark" href={jobsPath}>
        <AudioLines aria-hidden size={20} />
        {strings.product}
      </Link>
      <nav className="header-side muted">
        {system && <p>{placeWords(system.routing)}</p>}
        <Link href={adminPath} aria-label={strings.place.admin} className="header-link">
          <Settings aria-hidden size={18} />
        </Link>
      </nav>
    </header>
  );
}

/** "Runs on: GPU pod, NVIDIA A100, 41 × real time". Nothing while no worker has answered yet. */
function placeWords({ place, mode, timesRealTime }: Routing): string {
  if (place === null) return mode === 'required' ? strings.place.waits : '';
  return strings.place.runsOn(strings.worker(place), timesRealTime === null ? '' : strings.transcript.timesRealTime(timesRealTime));
}
