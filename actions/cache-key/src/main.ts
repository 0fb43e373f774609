import type { Run } from '@delivery-actions/action-kit';
import type { Registry } from '@delivery-actions/oci';
import { parseInputs } from './inputs.ts';
import { keyReport } from './report.ts';

export async function main(run: Run, registry?: Registry): Promise<void> {
  const inputs = parseInputs(run.inputs);
  // A run that ends at its inputs does not load node:crypto, which alone takes 4 ms.
  const { deriveKey } = await import('./derive-key.ts');

  const derived = await deriveKey(run, inputs, registry);
  await run.report(keyReport(derived));
  run.outputs({
    key: derived.key,
    'restore-keys': derived.restoreKeys.join('\n'),
    inputs: JSON.stringify(derived.parts),
  });
}
