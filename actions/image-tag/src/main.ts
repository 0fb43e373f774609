import type { Run } from '@delivery-actions/action-kit';
import { type Clock, systemClock } from '@delivery-actions/waiting';
import { type Git, gitCheckout } from './git.ts';

export async function main(run: Run, clock: Clock = systemClock, given?: Git): Promise<void> {
  const { parseInputs } = await import('./inputs.ts');
  const inputs = parseInputs(run.inputs);
  const git = given ?? gitCheckout(run);
  // git looks while the rest of the action is loaded, which a run that ends at its inputs does not do.
  const checkout = git.checkout({ ref: inputs.context === 'git' });
  checkout.catch(() => {
    // Awaited, and told of, by what is loaded now.
  });
  const { tagImages } = await import('./tag-images.ts');
  await tagImages(run, inputs, { clock, git, checkout });
}
