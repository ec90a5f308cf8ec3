import type { Recording } from '@bulk-transcribe/protocol';
import { strings } from '../strings.ts';
import { parseJson, problemOf, RequestError } from './request.ts';

interface UploadOptions {
  readonly onProgress: (sentBytes: number) => void;
  readonly signal: AbortSignal;
}

/** Sends one file. XMLHttpRequest, because fetch tells nothing about the bytes already sent. Throws RequestError. */
export function uploadFile(file: File, { onProgress, signal }: UploadOptions): Promise<Recording> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open('POST', `/api/recordings?name=${encodeURIComponent(file.name)}`);
    xhr.setRequestHeader('content-type', 'application/octet-stream');
    xhr.upload.onprogress = (event) => onProgress(event.loaded);
    xhr.onload = () => {
      const body = parseJson(xhr.responseText);
      if (xhr.status >= 200 && xhr.status < 300) resolve(body as Recording);
      else reject(new RequestError(xhr.status, problemOf(body, xhr.status)));
    };
    xhr.onerror = () => reject(new RequestError(0, strings.problems.uploadCut));
    xhr.onabort = () => reject(new RequestError(0, strings.problems.uploadCut));
    signal.addEventListener('abort', () => xhr.abort(), { once: true });
    xhr.send(file);
  });
}
