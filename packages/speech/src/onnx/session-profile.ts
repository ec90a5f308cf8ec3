/** What ONNX Runtime's profile of a session tells of where its nodes ran. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { InferenceSession } from './runtime.ts';

export interface NodeRuns {
  /** Runs of nodes by execution provider: "CPUExecutionProvider", "CUDAExecutionProvider". */
  readonly byProvider: Readonly<Record<string, number>>;
  /** Copies between the memories of two providers (Memcpy nodes): inside a loop they come at every step. */
  readonly copies: number;
}

interface ProfileEvent {
  readonly cat?: string;
  readonly name?: string;
  readonly args?: { readonly provider?: string; readonly op_name?: string };
}

/** Ends profiling, and reads the file that the session wrote with this prefix (session option `profile`). */
export async function endProfile(session: InferenceSession, prefix: string): Promise<NodeRuns> {
  session.endProfiling();
  const folder = path.dirname(prefix);
  const name = (await readdir(folder)).find((file) => file.startsWith(path.basename(prefix)));
  if (name === undefined) throw new Error('The runtime wrote no profile.');
  return countRuns(JSON.parse(await readFile(path.join(folder, name), 'utf8')) as ProfileEvent[]);
}

export function countRuns(events: readonly ProfileEvent[]): NodeRuns {
  const byProvider: Record<string, number> = {};
  let copies = 0;
  for (const { cat, name = '', args } of events) {
    if (cat !== 'Node' || !name.endsWith('_kernel_time') || !args?.provider) continue;
    byProvider[args.provider] = (byProvider[args.provider] ?? 0) + 1;
    if (args.op_name?.startsWith('Memcpy')) copies += 1;
  }
  return { byProvider, copies };
}
