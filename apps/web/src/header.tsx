import { AudioLines } from 'lucide-react';
import { Link } from './controls/link.tsx';
import { useSession } from './parts.ts';
import { jobsPath } from './router.ts';
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
      {system?.worker && <p className="muted">{strings.runsOn(strings.worker(system.worker))}</p>}
    </header>
  );
}
