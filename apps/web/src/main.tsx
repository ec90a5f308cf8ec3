/** Builds the parts, follows the session, draws the pages. */
import '@fontsource-variable/inter';
import './tokens.css';
import './base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { problemOfCause } from './api/request.ts';
import { App } from './app.tsx';
import { createDeletions } from './jobs/deletions.ts';
import { type Notice, type Parts, PartsContext } from './parts.ts';
import { followSession } from './session/live-session.ts';
import { initialSession, reduceSession } from './session/session-state.ts';
import { createStore } from './store.ts';
import { strings } from './strings.ts';
import { forgetDeleted } from './transcript/undo-memory.ts';
import { createUploader } from './uploads/uploader.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has an element with the id root.');

const session = createStore(initialSession, reduceSession);
const recordingsOfJobs = () => (session.get().jobs ?? []).flatMap(({ tasks }) => tasks.map(({ recording }) => recording));
const notice = createStore<Notice | null, Notice | null>(null, (_, shown) => shown);
const parts: Parts = {
  session,
  notice,
  deletions: createDeletions({
    onDeleted: (jobId) => session.dispatch({ type: 'event', event: { type: 'job-deleted', jobId } }),
    onFailed: ({ name }, cause) => notice.dispatch({ title: strings.jobs.deleteFailed(name), problem: problemOfCause(cause) }),
  }),
  uploader: createUploader(recordingsOfJobs),
};
session.subscribe(parts.uploader.dropUsed);
session.subscribe(() => {
  const { jobs } = session.get();
  if (jobs) forgetDeleted(jobs);
});
followSession(parts.session, parts.uploader.refresh);
createRoot(root).render(
  <StrictMode>
    <PartsContext value={parts}>
      <App />
    </PartsContext>
  </StrictMode>,
);
