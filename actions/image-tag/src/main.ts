import type { Run } from '@delivery-actions/action-kit';
import { type Clock, systemClock } from '@delivery-actions/waiting';
import type { Git } from './git.ts';

export async function main(run: Run, clock: Clock = systemClock, git?: Git): Promise<void> {
  // In one piece, so that the entry stays small and nothing is loaded twice.
  const { gitCheckout, parseInputs, tagImages } = await import('./tag-images.ts');
  await tagImages(run, parseInputs(run.inputs), { clock, git: git ?? gitCheckout(run) });
}
