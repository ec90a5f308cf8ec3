/** Node's word for a full disk, and PostgreSQL's (Appendix A: 53100 disk_full). */
const codes: ReadonlySet<unknown> = new Set(['ENOSPC', '53100']);

/** Whether something failed because the disk is full; it may sit on a cause further down. */
export function isDiskFull(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  return codes.has((cause as NodeJS.ErrnoException).code) || isDiskFull(cause.cause);
}
