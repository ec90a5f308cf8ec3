import { Link } from './controls/link.tsx';
import { jobsPath } from './router.ts';
import { strings } from './strings.ts';

export function UnknownPage() {
  return (
    <div className="column message">
      <h1>{strings.unknownPage.title}</h1>
      <p>{strings.unknownPage.text}</p>
      <Link href={jobsPath}>{strings.unknownPage.home}</Link>
    </div>
  );
}
