/** A browser that speaks the upload protocol by hand: for what a well-behaved client would never send. */
import { createHash } from 'node:crypto';
import type { ErrorBody, Recording } from '@bulk-transcribe/protocol';
import { Browser } from '../http/test-app.ts';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const base64 = (text: string): string => Buffer.from(text).toString('base64');
export const metadata = (pairs: Record<string, string>): string =>
  Object.entries(pairs)
    .map(([key, value]) => `${key} ${base64(value)}`)
    .join(',');

const protocol = { 'tus-resumable': '1.0.0' };

export class TusBrowser extends Browser {
  begin(size: number, pairs: Record<string, string> = { filename: 'talk.wav' }): Promise<Response> {
    return this.fetch('/api/uploads', {
      method: 'POST',
      headers: { ...protocol, 'upload-length': String(size), 'upload-metadata': metadata(pairs) },
    });
  }

  /** Begins, and gives the address. Throws where it is refused. */
  async begun(size: number, pairs?: Record<string, string>): Promise<string> {
    const answer = await this.begin(size, pairs);
    if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
    return answer.headers.get('location') ?? '';
  }

  send(address: string, offset: number, bytes: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Response> {
    const type = { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) };
    return this.fetch(address, { method: 'PATCH', headers: { ...protocol, ...type, ...headers }, body: bytes });
  }

  ask(address: string): Promise<Response> {
    return this.fetch(address, { method: 'HEAD', headers: protocol });
  }

  giveUp(address: string): Promise<Response> {
    return this.fetch(address, { method: 'DELETE', headers: protocol });
  }

  /** Sends a whole file. */
  async sent(bytes: Uint8Array<ArrayBuffer>, pairs?: Record<string, string>): Promise<Recording> {
    const address = await this.begun(bytes.length, pairs);
    const answer = await this.send(address, 0, bytes);
    if (answer.status !== 204) throw new Error(`${answer.status} ${await answer.text()}`);
    return this.recording(address);
  }

  async recording(address: string): Promise<Recording> {
    return (await this.json<Recording>(address.replace('uploads', 'recordings'))).body;
  }

  async unused(): Promise<Recording[]> {
    return (await this.json<Recording[]>('/api/recordings')).body;
  }
}

export async function refused(pending: Promise<Response>): Promise<{ status: number; code: string; field?: string; message: string }> {
  const answer = await pending;
  const { code, field, message } = ((await answer.json()) as ErrorBody).error;
  return { status: answer.status, code, message, ...(field !== undefined && { field }) };
}
