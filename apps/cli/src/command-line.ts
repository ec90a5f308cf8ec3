import { AppError } from '@bulk-transcribe/protocol';
import { SettingsError } from '@bulk-transcribe/service';
import { buildProgram } from './program.ts';
import { sentence } from './sentence.ts';

try {
  await buildProgram().parseAsync();
} catch (cause) {
  if (!(cause instanceof SettingsError || cause instanceof AppError)) throw cause;
  console.error(cause instanceof AppError ? sentence(cause) : cause.message);
  process.exitCode = 2;
}
