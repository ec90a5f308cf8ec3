import { S3ServiceException } from '@aws-sdk/client-s3';
import { AppError } from '@bulk-transcribe/protocol';

/** What another try with the same request cannot change. */
const isRefusal = (status: number): boolean => status >= 400 && status < 500 && status !== 408 && status !== 429;

export const isNamed = (cause: unknown, ...names: readonly string[]): boolean => cause instanceof Error && names.includes(cause.name);

/** not_found, bucket_refused (settings are wrong) or bucket_unavailable (another try may help). The SDK's message holds no secret key. */
export function toBucketError(cause: unknown, what: string): AppError {
  if (cause instanceof AppError) return cause;
  const status = cause instanceof S3ServiceException ? (cause.$metadata.httpStatusCode ?? 0) : 0;
  const reason = cause instanceof Error ? [cause.name, cause.message].filter(Boolean).join(': ') : String(cause);
  if (isNamed(cause, 'NoSuchKey', 'NotFound')) return new AppError('not_found', `${what}: there is no such object in the bucket.`, { cause });
  if (isRefusal(status)) return new AppError('bucket_refused', `${what} was refused by the bucket: ${reason}`, { cause });
  return new AppError('bucket_unavailable', `${what} failed, the bucket cannot be reached: ${reason}`, { cause });
}
