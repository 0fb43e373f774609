import type { Run } from '@delivery-actions/action-kit';
import { type Clock, deadline, systemClock } from '@delivery-actions/waiting';
import { parseInputs } from './inputs.ts';
import { once, type SecretRequest } from './request.ts';
import { STORES, type Stores } from './store.ts';

export async function main(run: Run, stores: Stores = STORES, clock: Clock = systemClock): Promise<void> {
  const {
    requests: lines,
    manifest,
    timeout,
    waitFor,
    failOn,
    reportFile,
    ...asked
  } = parseInputs(run.inputs, run.env);
  const requests = manifest === undefined ? lines : once([...lines, ...(await readManifest(run, manifest))]);
  const { askStores, findingsOf } = await import('./ask.ts');
  const ask = async (some: readonly SecretRequest[], again: boolean) => {
    using limit = deadline(clock, timeout, run.signal);
    const checks = await askStores(some, stores, { ...asked, run, clock, signal: limit.signal, again });
    run.signal.throwIfAborted();
    return checks;
  };
  const { checks, waited } =
    waitFor === undefined
      ? { checks: await ask(requests, false) }
      : await (await import('./wait.ts')).askUntilThere(requests, ask, {
          waitFor,
          failOn,
          clock,
          signal: run.signal,
          tell: run.line,
        });
  const findings = await findingsOf(checks, stores);

  const { secretsReport, severity } = await import('./report.ts');
  const report = await run.report(
    secretsReport(checks, findings, { failOn, ...(waited === undefined ? {} : { waited }) }),
  );
  run.outputs({
    report,
    'checked-count': checks.length,
    'failed-count': checks.filter((check) => severity(check) === 'failed').length,
    'warning-count': checks.filter((check) => severity(check) === 'warning').length,
    missing: checks.flatMap(({ id, verdict }) => (verdict === 'MISSING' || verdict === 'EMPTY' ? id : [])).join('\n'),
  });
  if (reportFile === undefined) return;
  const [{ entryOf }, { writeReportFile }] = await Promise.all([
    import('./report-file/entry.ts'),
    import('./report-file/write.ts'),
  ]);
  const entries = checks.map(async (check) => {
    const [finding] = await findingsOf([check], stores);
    return entryOf(check, finding, { failOn, redact: run.redact });
  });
  await writeReportFile(run, reportFile, { json: report, entries: await Promise.all(entries) });
}

/** With a YAML reader that a run without a manifest does not load. */
async function readManifest(
  run: Run,
  chosen: { file: string; environment: string },
): Promise<readonly SecretRequest[]> {
  const { loadManifest } = await import('./manifest/manifest-file.ts');
  return loadManifest(run, chosen);
}
