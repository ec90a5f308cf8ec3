import { choice, integer } from './settings.ts';

/** Rows of every app that runs the speech engine. */
export const engineSettings = {
  DEVICE: choice({
    of: ['auto', 'cpu', 'cuda'],
    default: 'auto',
    about: 'What the engine computes on: auto = an NVIDIA GPU where there is one, else the CPU; cuda = the GPU or not at all.',
  }),
  THREADS: integer({ default: 0, max: 256, about: 'CPU threads of the engine; 0 = as measured best for the model.' }),
} as const;

/** How many recordings the engine takes at a time: for the worker, and for the controller, which starts one. */
export const slotsSetting = (who: string) =>
  integer({
    default: 0,
    max: 64,
    about: `Recordings that ${who} has at work at a time; 0 = 4 on a GPU, whose batches they fill together, and 1 on the CPU, whose cores they would share.`,
  });
