/** What went wrong last, whatever became of it, in plain words. */
import type { AdminOverview } from '@bulk-transcribe/protocol';
import { strings } from '../strings.ts';
import { moment } from '../times.ts';

export function ErrorsSection({ overview }: { readonly overview: AdminOverview | null }) {
  const words = strings.admin.errors;
  if (overview === null) return null;
  const { errors } = overview;
  return (
    <section className="admin-section" aria-labelledby="errors-title">
      <h2 id="errors-title">{words.title}</h2>
      <p className="muted">{errors.length === 0 ? words.none : words.intro}</p>
      <ul>
        {errors.map(({ at, worker, recording, error }) => (
          <li key={at + recording} className="error-row">
            <p dir="auto" className="queue-name">
              {recording}
            </p>
            <p className="muted small tabular">{words.where(moment(at), worker)}</p>
            <p className="small">
              {error.message} {error.hint}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
