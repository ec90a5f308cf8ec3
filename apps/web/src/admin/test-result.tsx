import type { RemoteWorkerFound, RemoteWorkerTest } from '@bulk-transcribe/protocol';
import { CircleAlert, CircleCheck } from 'lucide-react';
import { FactRows } from '../controls/fact-rows.tsx';
import { strings } from '../strings.ts';
import { clock } from '../times.ts';

/** What a test found, laid out; a screen reader hears it when it comes. */
export function TestResult({ result }: { readonly result: RemoteWorkerTest | null }) {
  return <div role="status">{result && (result.ok ? <Found found={result} /> : <Failed result={result} />)}</div>;
}

function Failed({ result: { error } }: { readonly result: Extract<RemoteWorkerTest, { ok: false }> }) {
  return (
    <div className="test-result">
      <CircleAlert className="outcome" data-outcome="bad" aria-hidden size={18} />
      <div>
        <p>
          <strong>{strings.admin.test.failed}</strong> {error.message}
        </p>
        <p>{error.hint}</p>
      </div>
    </div>
  );
}

function Found({ found }: { readonly found: RemoteWorkerFound }) {
  const words = strings.admin.test;
  const facts: readonly (readonly [string, string])[] = [
    [words.gpu, found.gpu ? (found.gpuName ?? '') : words.noGpu],
    [words.provider, strings.computes(found.provider, found.threads)],
    [words.speed, found.timesRealTime === null ? words.noSpeed : strings.transcript.timesRealTime(found.timesRealTime)],
    [words.models, found.models.join(', ')],
    [words.diarization, found.diarization ? words.yes : words.no],
    [words.slots, words.slotsOf(found.slots.free, found.slots.total)],
    [words.idle, found.idleLeftMs === null ? words.idleStops : clock(found.idleLeftMs / 1000)],
    [words.state, strings.admin.workers.state(found.state)],
    [words.version, `${found.version} (${found.identity.gitCommit.slice(0, 7)})`],
    [words.build, found.identity.buildTime],
  ];
  return (
    <div className="test-result">
      <CircleCheck className="outcome" aria-hidden size={18} />
      <div>
        <p>
          <strong>{words.ok(found.latencyMs)}</strong>
        </p>
        {found.warnings.map((warning) => (
          <p key={warning} className="worker-alarm">
            {warning}
          </p>
        ))}
        <dl className="facts small">
          <FactRows facts={facts} />
        </dl>
      </div>
    </div>
  );
}
