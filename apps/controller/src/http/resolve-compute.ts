import { AppError, type Compute, type Routing } from '@bulk-transcribe/protocol';

const refusals: Readonly<Record<Compute, string>> = {
  auto: '',
  gpu: 'The remote worker is off: there is no GPU to ask for.',
  cpu: 'The remote worker is required: nothing runs on the CPU of this computer.',
};

/** AppError option_not_supported where the mode does not leave that choice. */
export function resolveCompute(compute: Compute, { choices }: Routing): Compute {
  if (choices.includes(compute)) return compute;
  throw new AppError('option_not_supported', refusals[compute], { field: 'compute' });
}
