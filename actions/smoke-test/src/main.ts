import type { Run } from '@delivery-actions/action-kit';
import { type Clock, deadline, systemClock } from '@delivery-actions/waiting';
import { parseInputs, type TestSource } from './inputs.ts';
import type { Suite } from './suite.ts';

interface World {
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** Hits the live endpoints of a service and fails unless every one of them answers as expected. */
export async function main(run: Run, { clock = systemClock, random = Math.random }: World = {}): Promise<void> {
  const inputs = parseInputs(run.inputs);
  // Lazily, like the YAML reader and the schema: a run with bad inputs needs none of it.
  const [{ exchangeText, httpClient }, { runSuite }, { secretsOf }, { smokeReport }] = await Promise.all([
    import('@delivery-actions/http'),
    import('./run-suite.ts'),
    import('./secrets.ts'),
    import('./test-report.ts'),
  ]);
  const suite = await readSuite(inputs.tests, run);

  using end = deadline(clock, inputs.timeout, run.signal);
  using warmUp = deadline(clock, inputs.warmUp, end.signal);
  const client = httpClient({
    userAgent: 'delivery-actions-smoke-test',
    signal: end.signal,
    observe: (exchange) => run.debug(exchangeText(exchange)),
  });
  const results = await runSuite(suite, {
    baseUrl: inputs.baseUrl.href.replace(/\/$/, ''),
    client,
    clock,
    end,
    warmUp,
    random,
    secrets: secretsOf(run),
    say: run.line,
  });
  run.signal.throwIfAborted();

  const report = smokeReport(results, {
    elapsed: end.elapsed(),
    timeout: inputs.timeout,
    timedOut: end.passed,
    now: clock.now(),
    host: inputs.baseUrl.host,
  });
  const passed = results.filter(({ outcome }) => outcome === 'passed').length;
  run.outputs({
    report: await run.report(report),
    'passed-count': passed,
    'failed-count': results.length - passed,
  });
}

async function readSuite(source: TestSource, run: Run): Promise<Suite> {
  const { parseSuite } = await import('./test-file.ts');
  if ('inline' in source) return parseSuite(source.inline, undefined, run.env);
  const { readTestFile } = await import('./test-source.ts');
  return parseSuite(await readTestFile(source.path, run.workspace), source.path, run.env);
}
