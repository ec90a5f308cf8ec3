import { AppError } from '@bulk-transcribe/protocol';

/** What is not there, or belongs to another session: nobody can tell which. */
export const noRecording = (id: string, field?: string): AppError =>
  new AppError('not_found', `There is no recording ${id}.`, field === undefined ? {} : { field });
export const noJob = (id: string): AppError => new AppError('not_found', `There is no job ${id}.`);
export const noTask = (id: string): AppError => new AppError('not_found', `There is no task ${id}.`);
