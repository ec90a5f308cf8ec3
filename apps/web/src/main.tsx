/** Builds the parts, follows the session, draws the pages. */
import '@fontsource-variable/inter';
import './tokens.css';
import './base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { type Notice, type Parts, PartsContext } from './parts.ts';
import { followSession } from './session/live-session.ts';
import { initialSession, reduceSession } from './session/session-state.ts';
import { createStore } from './store.ts';
import { createUploader } from './uploads/uploader.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has an element with the id root.');

const session = createStore(initialSession, reduceSession);
const recordingsOfJobs = () => (session.get().jobs ?? []).flatMap(({ tasks }) => tasks.map(({ recording }) => recording));
const parts: Parts = {
  session,
  uploader: createUploader(recordingsOfJobs),
  notice: createStore<Notice | null, Notice | null>(null, (_, notice) => notice),
};
session.subscribe(parts.uploader.dropUsed);
followSession(parts.session, parts.uploader.refresh);
createRoot(root).render(
  <StrictMode>
    <PartsContext value={parts}>
      <App />
    </PartsContext>
  </StrictMode>,
);
