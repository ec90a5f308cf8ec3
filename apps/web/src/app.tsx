/** The pages: a header, what must be said now, and one of the views. */
import { lazy, Suspense, useEffect, useRef } from 'react';
import { AccessPage } from './access/access-page.tsx';
import { NoticeBar } from './controls/notice-bar.tsx';
import { useFocusKeeper } from './focus-keeper.ts';
import { Header } from './header.tsx';
import { JobsPage } from './jobs/jobs-page.tsx';
import { UndoBar } from './jobs/undo-bar.tsx';
import { PageTitle } from './page-title.tsx';
import { useSession } from './parts.ts';
import { parsePath, type Route, usePath } from './router.ts';
import { StatusBar } from './status-bar.tsx';
import { strings } from './strings.ts';
import { UnknownPage } from './unknown-page.tsx';

/** Fetched when first shown: the jobs page comes without them. */
const TranscriptPage = lazy(async () => ({ default: (await import('./transcript/transcript-page.tsx')).TranscriptPage }));
const SearchPage = lazy(async () => ({ default: (await import('./search/search-page.tsx')).SearchPage }));
const AdminPage = lazy(async () => ({ default: (await import('./admin/admin-page.tsx')).AdminPage }));

export function App() {
  const path = usePath();
  const route = parsePath(path);
  const { locked } = useSession();
  const content = useFocusOnChange(path);
  useFocusKeeper();
  return (
    <>
      <PageTitle route={route} />
      <a className="skip-link" href="#content">
        {strings.skip}
      </a>
      <Header />
      <StatusBar />
      <main id="content" ref={content} tabIndex={-1}>
        <Suspense>{locked && route.page !== 'admin' ? <AccessPage /> : <View route={route} />}</Suspense>
      </main>
      <UndoBar />
      <NoticeBar />
    </>
  );
}

function View({ route }: { readonly route: Route }) {
  switch (route.page) {
    case 'jobs':
      return <JobsPage />;
    case 'transcript':
      return <TranscriptPage key={route.taskId} taskId={route.taskId} />;
    case 'search':
      return <SearchPage query={route.query} />;
    case 'admin':
      return <AdminPage />;
    case 'unknown':
      return <UnknownPage />;
  }
}

/** After a change of view the keyboard and the screen reader go on in the new content, not on a link that is gone. */
function useFocusOnChange(path: string) {
  const content = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    content.current?.focus({ preventScroll: true });
  }, [path]);
  return content;
}
