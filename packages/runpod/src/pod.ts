/** A pod as REST v2 describes it: what we use of it, and whatever else comes along. */
import { type Static, Type } from '@sinclair/typebox';

const podActions = ['start', 'stop', 'restart', 'terminate'] as const;
export type PodAction = (typeof podActions)[number];

export const podStatuses = ['PROVISIONING', 'STARTING', 'RUNNING', 'EXITED', 'ERROR', 'TERMINATED'] as const;

/** `env` carries the pod's secrets in clear text, so it is left out: nobody can log what nobody has read. */
export const Pod = Type.Object({
  id: Type.String(),
  name: Type.String(),
  status: Type.Union(podStatuses.map((status) => Type.Literal(status))),
  actions: Type.Array(Type.Union(podActions.map((action) => Type.Literal(action))), { description: 'What may be done with it now.' }),
  cost: Type.Number({ description: 'US dollars per hour, now, for the whole pod.' }),
  createdAt: Type.String({ description: 'RFC 3339.' }),
});
export type Pod = Static<typeof Pod>;

/** Lower-case letters and digits have been seen; more is let through, but nothing that could change a URL. */
export const isPodId = (text: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(text);
