import type { Run } from '@delivery-actions/action-kit';
import { parseInputs } from './inputs.ts';
import type { Dependencies } from './supervise.ts';

export async function main(run: Run, dependencies?: Dependencies): Promise<void> {
  const inputs = parseInputs(run.inputs);
  // Four fifths of the bundle are behind this line: bad inputs are told without loading them.
  const { supervise } = await import('./supervise.ts');
  await supervise(run, inputs, dependencies);
}
