import type { Run } from '@delivery-actions/action-kit';
import { type Clock, systemClock } from '@delivery-actions/waiting';
import { parseInputs } from './inputs.ts';
import { once } from './request.ts';
import type { Stores } from './store.ts';

/** `stores` are the real ones unless a test brings its own. */
export async function main(run: Run, stores?: Stores, clock: Clock = systemClock): Promise<void> {
  const { requests: lines, manifest, reportFile, ...inputs } = parseInputs(run.inputs, run.env);
  const requests = manifest === undefined ? lines : once([...lines, ...(await listedIn(manifest, run))]);
  // What the end needs is loaded while the stores are asked.
  const [asked, { secretsReport, tally }] = await Promise.all([
    import('./ask.ts').then(({ ask }) => ask(requests, inputs, { run, stores, clock })),
    import('./report.ts'),
  ]);
  const report = await run.report(secretsReport(asked, inputs.failOn));
  const { failed, warnings, missing } = tally(asked.checks);
  run.outputs({
    report,
    'checked-count': asked.checks.length,
    'failed-count': failed,
    'warning-count': warnings,
    missing: missing.join('\n'),
  });
  if (reportFile === undefined) return;
  const { writeReportFile } = await import('./report-file/write.ts');
  await writeReportFile(run, reportFile, { json: report, asked, failOn: inputs.failOn });
}

/** With a YAML reader that a run without a manifest does not load. */
async function listedIn(manifest: { readonly file: string; readonly environment: string }, run: Run) {
  const { loadManifest } = await import('./manifest/manifest-file.ts');
  return loadManifest(run, manifest);
}
