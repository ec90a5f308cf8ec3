import { AppError, type Compute } from '@bulk-transcribe/protocol';
import type { WorkersStatus } from '../dispatch/workers.ts';

const refusals: Readonly<Record<Compute, string>> = {
  auto: '',
  gpu: 'The remote worker is off: there is no GPU to ask for.',
  cpu: 'The remote worker is required: nothing runs on the CPU of this computer.',
};

/** `model`: of the job. AppError option_not_supported where the mode does not leave that choice, or the model has to be fetched by others. */
export function resolveCompute(compute: Compute, model: string, { routing: { choices }, fetchable }: WorkersStatus): Compute {
  if (!choices.includes(compute)) throw new AppError('option_not_supported', refusals[compute], { field: 'compute' });
  if (compute === 'cpu' && fetchable.some(({ id }) => id === model)) {
    const message = `This computer does not have the model ${model}: install it first, or let a remote worker fetch it.`;
    throw new AppError('option_not_supported', message, { field: 'compute' });
  }
  return compute;
}
