/** What was said, over all transcripts of the session: each place that is found leads into its transcript. */
import './search.css';
import type { FoundLine, FoundTranscript, Task } from '@bulk-transcribe/protocol';
import { Button } from 'react-aria-components';
import { BackLink } from '../controls/back-link.tsx';
import { Link } from '../controls/link.tsx';
import { Marked } from '../controls/marked.tsx';
import { useSession } from '../parts.ts';
import { transcriptPath } from '../router.ts';
import { strings } from '../strings.ts';
import { clock } from '../times.ts';
import { SearchForm } from './search-form.tsx';
import { useResults } from './use-results.ts';

/** Recordings that are listed by their name. */
const NAMES = 20;

export function SearchPage({ query }: { readonly query: string }) {
  return (
    <div className="column search-page">
      <BackLink />
      <h1>{strings.searchAll.title}</h1>
      <SearchForm query={query} />
      {query === '' ? <p className="muted">{strings.searchAll.help}</p> : <Results key={query} query={query} />}
    </div>
  );
}

function Results({ query }: { readonly query: string }) {
  const { found, problem, more } = useResults(query);
  const { jobs } = useSession();
  const named = (jobs ?? []).flatMap(({ tasks }) => tasks).filter((task) => hasName(task, query));
  const words = strings.searchAll;
  return (
    <>
      {named.length > 0 && <Named tasks={named} />}
      {found !== null && found.length > 0 && (
        <section aria-labelledby="said-title">
          <h2 id="said-title">{words.said}</h2>
          <ul className="found">
            {found.map((transcript) => (
              <Found key={transcript.taskId} found={transcript} />
            ))}
          </ul>
        </section>
      )}
      <div role="status">
        {found === null && problem === null && <p className="muted">{words.loading}</p>}
        {found?.length === 0 && (
          <p>
            {words.none(query)} <span className="muted">{words.noneHelp}</span>
          </p>
        )}
        {problem && (
          <p>
            {words.failed} {problem.message} {problem.hint}
          </p>
        )}
      </div>
      {more && (
        <Button className="button" onPress={more}>
          {problem ? words.again : words.more}
        </Button>
      )}
    </>
  );
}

const hasName = ({ recording }: Task, query: string): boolean => recording.name.toLocaleLowerCase().includes(query.toLocaleLowerCase());

function Named({ tasks }: { readonly tasks: readonly Task[] }) {
  return (
    <section aria-labelledby="named-title">
      <h2 id="named-title">{strings.searchAll.named}</h2>
      <ul className="found-names">
        {tasks.slice(0, NAMES).map(({ id, recording }) => (
          <li key={id}>
            <Link href={transcriptPath(id)} dir="auto">
              {recording.name}
            </Link>
          </li>
        ))}
        {tasks.length > NAMES && <li className="muted">{strings.searchAll.namesLeft(tasks.length - NAMES)}</li>}
      </ul>
    </section>
  );
}

function Found({ found: { taskId, recording, job, lineCount, lines } }: { readonly found: FoundTranscript }) {
  const rest = lineCount - lines.length;
  return (
    <li>
      <h3 dir="auto">
        <Link href={transcriptPath(taskId)}>{recording}</Link>
      </h3>
      <p className="muted small">
        {job !== recording && (
          <>
            <bdi>{job}</bdi> ·{' '}
          </>
        )}
        {strings.searchAll.lines(lineCount)}
      </p>
      <ul className="found-lines">
        {lines.map((line) => (
          <Place key={`${line.start} ${line.text}`} line={line} taskId={taskId} />
        ))}
        {rest > 0 && <li className="muted small">{strings.searchAll.allLines(rest)}</li>}
      </ul>
    </li>
  );
}

interface PlaceProps {
  readonly line: FoundLine;
  readonly taskId: string;
}

function Place({ line: { start, text, marks }, taskId }: PlaceProps) {
  return (
    <li>
      <Link className="found-line" href={transcriptPath(taskId, start)}>
        <span className="tabular">{clock(start)}</span>{' '}
        <span dir="auto">
          <Marked text={text} hits={marks.map(([from, to]) => ({ from, to }))} />
        </span>
      </Link>
    </li>
  );
}
