/** Answers of RunPod's services, for the fakes of them. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface FakeCall {
  readonly method: string;
  /** With its query, so that a test sees what does not belong there. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** An answer in place of the regular one. `hangUp`: the connection is cut. */
export type Scripted =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown; readonly bodyText?: string }
  | { readonly hangUp: true };

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
}

export const json = (body: unknown): Reply => ({ status: 200, headers: { 'content-type': 'application/json' }, text: JSON.stringify(body) });

export const problem = (status: number, title: string, detail: string): Reply => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  text: JSON.stringify({ title, status, detail }),
});

/** Cloudflare looks at the client before anybody looks at the key; null where it lets it through. */
export const refusedByCloudflare = ({ headers }: FakeCall): Reply | null =>
  /^$|^(node|undici|python)/i.test(headers['user-agent'] ?? '') ? { status: 403, text: 'error code: 1010' } : null;

export const bearerKey = ({ headers }: FakeCall): string => /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';

export function toReply(scripted: Exclude<Scripted, { hangUp: true }>): Reply {
  const { status, headers = {}, body, bodyText } = scripted;
  const content = bodyText ?? (body === undefined ? undefined : JSON.stringify(body));
  return { status, headers, ...(content !== undefined && { text: content }) };
}

export function answer(response: ServerResponse, { status, headers = {}, text: body }: Reply): void {
  response.writeHead(status, headers);
  response.end(body);
}
