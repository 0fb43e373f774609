import type { Run } from '@delivery-actions/action-kit';
import { type Clock, deadline, systemClock } from '@delivery-actions/waiting';
import { parseInputs } from './inputs.ts';
import { once, type SecretRequest } from './request.ts';
import { STORES, type Stores } from './store.ts';

export async function main(run: Run, stores: Stores = STORES, clock: Clock = systemClock): Promise<void> {
  const { requests: lines, manifest, timeout, failOn, ...asked } = parseInputs(run.inputs, run.env);
  const requests = manifest === undefined ? lines : once([...lines, ...(await readManifest(run, manifest))]);
  using limit = deadline(clock, timeout, run.signal);
  const { askStores } = await import('./ask.ts');
  // What the end needs is loaded while the stores are asked.
  const [{ checks, findings }, { secretsReport, severity }] = await Promise.all([
    askStores(requests, stores, { ...asked, run, clock, signal: limit.signal }),
    import('./report.ts'),
  ]);
  run.signal.throwIfAborted();

  const report = await run.report(secretsReport(checks, findings, failOn));
  run.outputs({
    report,
    'checked-count': checks.length,
    'failed-count': checks.filter((check) => severity(check) === 'failed').length,
    'warning-count': checks.filter((check) => severity(check) === 'warning').length,
    missing: checks.flatMap(({ id, verdict }) => (verdict === 'MISSING' || verdict === 'EMPTY' ? id : [])).join('\n'),
  });
}

/** With a YAML reader that a run without a manifest does not load. */
async function readManifest(
  run: Run,
  chosen: { file: string; environment: string },
): Promise<readonly SecretRequest[]> {
  const { loadManifest } = await import('./manifest/manifest-file.ts');
  return loadManifest(run, chosen);
}
