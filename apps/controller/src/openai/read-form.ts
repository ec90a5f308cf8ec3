import { AppError } from '@bulk-transcribe/protocol';
import type { FastifyRequest } from 'fastify';
import { announcedSize, limitSilence } from '../http/upload-limits.ts';
import type { RecordingFile, RecordingFiles } from '../recordings/recording-files.ts';
import { tooLarge } from '../recordings/store-file.ts';
import type { FormFields } from './form-fields.ts';

/** What a form may hold besides the file, bytes: four samples of voices, as data URLs. */
const FORM_OVERHEAD = 16 * 1024 * 1024;

export interface TranscriptionForm {
  readonly file: RecordingFile & { readonly name: string };
  readonly fields: FormFields;
}

export interface FormSource {
  readonly request: FastifyRequest;
  readonly files: RecordingFiles;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Reads the multipart form, its file streamed to disk; the fields may stand before or behind it. Leaves no file when it rejects. */
export async function readForm(source: FormSource): Promise<TranscriptionForm> {
  const { request, files, maxBytes } = source;
  if (!request.isMultipart()) throw new AppError('unsupported_media_type', 'The body is not multipart/form-data.');
  const expected = announcedSize(request);
  if (expected !== undefined && expected > maxBytes + FORM_OVERHEAD) throw tooLarge(maxBytes);
  limitSilence(request);
  const stored: TranscriptionForm['file'][] = [];
  try {
    const fields = await readParts(source, stored);
    const [file] = stored;
    if (!file) throw new AppError('invalid_request', 'The form has no file.', { field: 'file' });
    return { file, fields };
  } catch (cause) {
    await files.remove(stored.map(({ id }) => id));
    throw knownError(cause, source.signal);
  }
}

async function readParts({ request, files, signal }: FormSource, stored: TranscriptionForm['file'][]): Promise<FormFields> {
  const fields = new Map<string, string[]>();
  let fieldBytes = 0;
  for await (const part of request.parts()) {
    if (part.type === 'field') {
      fieldBytes += String(part.value).length;
      if (fieldBytes > FORM_OVERHEAD) throw new AppError('invalid_request', 'The fields besides the file are too large.');
      const name = part.fieldname.replace(/\[\d*\]$/, '');
      fields.set(name, [...(fields.get(name) ?? []), fieldText(part.fieldname, part)]);
    } else if (part.fieldname === 'file') {
      // Before it is written: a form of many files would fill the disk.
      if (stored.length > 0) throw new AppError('invalid_request', 'The form has more than one file.', { field: 'file' });
      const file = await files.store({ bytes: part.file, expectedSize: announcedSize(request), signal });
      stored.push({ ...file, name: part.filename || 'audio' });
    } else {
      part.file.resume();
    }
  }
  return fields;
}

function fieldText(name: string, { value, valueTruncated }: { value: unknown; valueTruncated: boolean }): string {
  if (valueTruncated || typeof value !== 'string')
    throw new AppError('invalid_request', `The field ${name} is too long or not text.`, { field: name });
  return value;
}

/** Codes of @fastify/multipart. */
const tooManyCodes: ReadonlySet<string> = new Set(['FST_PARTS_LIMIT', 'FST_FIELDS_LIMIT', 'FST_FILES_LIMIT']);

/** What the form parser itself throws is the sender's fault, unless it has a status or is the file system's. */
function knownError(cause: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  const { statusCode, code } = cause as { statusCode?: number; code?: string };
  if (code !== undefined && tooManyCodes.has(code)) return new AppError('invalid_request', 'The form has too many fields or files.', { cause });
  if (cause instanceof AppError || statusCode !== undefined || code !== undefined) return cause;
  return new AppError('invalid_request', 'The form is not valid multipart/form-data.', { cause });
}
