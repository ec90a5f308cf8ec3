/** What a worker finds when it looks at itself: GET /v1/preflight and POST /v1/self-test. */
import { type Static, Type } from '@sinclair/typebox';
import { Timestamp } from './ids.ts';

/** engine: loaded. gpu: one that is paid for computes. disk: room for recordings. bill: it can end its own bill. */
export const preflightChecks = ['engine', 'gpu', 'disk', 'bill'] as const;

export const Preflight = Type.Object(
  {
    ok: Type.Boolean({ description: 'Nothing stands in the way of work.' }),
    checks: Type.Array(
      Type.Object({
        check: Type.Union(/* @__PURE__ */ preflightChecks.map((check) => Type.Literal(check))),
        ok: Type.Boolean(),
        message: Type.String({ description: 'What is wrong, for people; empty where nothing is.' }),
      }),
    ),
  },
  { $id: 'Preflight' },
);
export type Preflight = Static<typeof Preflight>;

/** The sample that ships with the product, transcribed once per process with the model that is loaded at start. */
export const SelfTest = Type.Object(
  {
    model: Type.String(),
    device: Type.String({ description: 'What really computed: cpu or cuda.' }),
    durationSec: Type.Number({ description: 'Length of the recording.' }),
    timesRealTime: Type.Number({ description: 'Seconds of recording per second.' }),
    measuredAt: Timestamp,
  },
  { $id: 'SelfTest' },
);
export type SelfTest = Static<typeof SelfTest>;
