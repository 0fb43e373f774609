import type { Run } from '@delivery-actions/action-kit';
import { type Clock, deadline, systemClock } from '@delivery-actions/waiting';
import type { OpenSecretsManager } from './answer.ts';
import { parseInputs } from './inputs.ts';
import { secretsReport } from './report.ts';
import { judge } from './verdict.ts';

export async function main(run: Run, open = withAwsSdk, clock: Clock = systemClock): Promise<void> {
  const { secrets, region, timeout } = parseInputs(run.inputs, run.env);
  using limit = deadline(clock, timeout, run.signal);
  using store = await open(run, region);

  run.line(`Asking AWS Secrets Manager about ${secrets.length === 1 ? '1 secret' : `${secrets.length} secrets`}`);
  const answers = await store.describe(secrets, limit.signal);
  run.signal.throwIfAborted();

  const checks = answers.map((answer) => judge(answer, clock.now()));
  const report = await run.report(secretsReport(checks));
  run.outputs({
    report,
    'checked-count': checks.length,
    'failed-count': checks.filter(({ verdict }) => verdict !== 'EXISTS').length,
  });
}

/** A megabyte of SDK, which a run that ends at its inputs does not load. */
const withAwsSdk: OpenSecretsManager = async (run, region) => {
  const { secretsManager } = await import('./secrets-manager.ts');
  return secretsManager(run, region);
};
