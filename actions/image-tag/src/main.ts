import type { Run } from '@delivery-actions/action-kit';
import { type Clock, systemClock } from '@delivery-actions/waiting';
import type { Git } from './git.ts';

export async function main(run: Run, clock: Clock = systemClock, git?: Git): Promise<void> {
  const { parseInputs } = await import('./inputs.ts');
  const inputs = parseInputs(run.inputs);
  // Most of the action, which a run that ends at its inputs does not load.
  const { gitCheckout, tagImages } = await import('./tag-images.ts');
  await tagImages(run, inputs, { clock, git: git ?? gitCheckout(run) });
}
