/** The foot of the list: take the session to another device, bring one here, delete everything. */
import './your-data.css';
import { Button } from 'react-aria-components';
import { client } from '../api/client.ts';
import { Ask } from '../controls/ask.tsx';
import { useAttempt } from '../jobs/use-attempt.ts';
import { useParts } from '../parts.ts';
import { strings } from '../strings.ts';
import { RecoverSession } from './recover-session.tsx';
import { RecoveryCodeSheet } from './recovery-code-sheet.tsx';

export function YourData() {
  return (
    <section className="your-data" aria-label={strings.yourData.region}>
      <p className="muted">{strings.yourData.private}</p>
      <RecoveryCodeSheet />
      <RecoverSession />
      <DeleteEverything />
    </section>
  );
}

function DeleteEverything() {
  const { session, uploader } = useParts();
  const attempt = useAttempt(strings.yourData.deleteFailed);
  const remove = async () => {
    uploader.forgetAll();
    await client.deleteEverything();
    session.dispatch({ type: 'jobs', jobs: [] });
  };
  return (
    <Ask
      title={strings.yourData.deleteTitle}
      text={strings.yourData.deleteText}
      yes={strings.yourData.deleteYes}
      no={strings.jobs.keep}
      onYes={() => attempt(remove)}
      trigger={<Button className="link-button">{strings.yourData.delete}</Button>}
    />
  );
}
