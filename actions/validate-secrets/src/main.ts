import type { Run } from '@delivery-actions/action-kit';
import { type Clock, deadline, systemClock } from '@delivery-actions/waiting';
import type { OpenSecretsManager } from './answer.ts';
import { parseInputs } from './inputs.ts';
import { isIn, once, type SecretRequest } from './request.ts';

export async function main(run: Run, open = withAwsSdk, clock: Clock = systemClock): Promise<void> {
  const { requests: lines, manifest, region, concurrency, timeout, failOn } = parseInputs(run.inputs, run.env);
  const requests = manifest === undefined ? lines : once([...lines, ...(await readManifest(run, manifest))]);
  using limit = deadline(clock, timeout, run.signal);
  const inAws = requests.filter(isIn('aws'));
  const inEnv = requests.filter(isIn('env'));

  async function askAws() {
    using store = await open(run, { region, concurrency });
    const { checkAws } = await import('./aws.ts');
    run.line(`Asking AWS Secrets Manager about ${inAws.length === 1 ? '1 secret' : `${inAws.length} secrets`}`);
    const alsoIn = [run.env.AWS_REGION || undefined, run.env.AWS_DEFAULT_REGION || undefined];
    return await checkAws(inAws, { store, signal: limit.signal, clock, home: region, alsoIn });
  }

  // What no line names is neither asked nor loaded.
  const found = await Promise.all([
    inAws.length === 0 ? [] : askAws(),
    inEnv.length === 0 ? [] : import('./env.ts').then(({ checkEnv }) => checkEnv(inEnv, run)),
  ]);
  run.signal.throwIfAborted();

  const checks = found.flat().sort((a, b) => (a.id < b.id ? -1 : 1));
  const { secretsReport, severity } = await import('./report.ts');
  const report = await run.report(secretsReport(checks, failOn));
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
  const { loadManifest } = await import('./manifest-file.ts');
  return loadManifest(run, chosen);
}

/** A megabyte of SDK, which a run that ends at its inputs does not load. */
const withAwsSdk: OpenSecretsManager = async (run, options) => {
  const { secretsManager } = await import('./secrets-manager.ts');
  return secretsManager(run, options);
};
