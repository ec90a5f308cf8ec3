import './back-link.css';
import { ArrowLeft } from 'lucide-react';
import { jobsPath } from '../router.ts';
import { strings } from '../strings.ts';
import { Link } from './link.tsx';

/** The way back to the list of transcripts. */
export function BackLink() {
  return (
    <Link className="back" href={jobsPath}>
      <ArrowLeft aria-hidden size={16} />
      {strings.transcript.back}
    </Link>
  );
}
