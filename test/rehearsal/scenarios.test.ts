import { type Rehearsal, rehearse, SCENARIOS } from '@delivery-actions/rehearsal';
import { describe, it } from 'vitest';

/** Jobs of deliver.yml in the order in which they need each other. */
const ORDER = ['lint', 'audit', 'test', 'build', 'staging', 'production'];

function scenario(name: string) {
  const found = SCENARIOS.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no scenario ${name}`);
  return found;
}

function run(name: string): Promise<Rehearsal> {
  return rehearse(scenario(name), { tell: () => {}, watch: () => {}, signal: new AbortController().signal });
}

function conclusions({ delivery }: Rehearsal): Record<string, string> {
  return Object.fromEntries(delivery.jobs.map(({ id, conclusion }) => [id, conclusion]));
}

/** Everything before the failing job succeeded, everything after it did not run, and the last job is red. */
function stoppedAt(job: string): Record<string, string> {
  const at = ORDER.indexOf(job);
  const before = ORDER.slice(0, at).map((id) => [id, 'success']);
  const after = ORDER.slice(at + 1).map((id) => [id, 'skipped']);
  return Object.fromEntries([...before, [job, 'failure'], ...after, ['delivered', 'failure']]);
}

function step({ delivery }: Rehearsal, job: string, action: string) {
  const found = delivery.jobs
    .find(({ id }) => id === job)
    ?.steps.find(({ uses = '', phase }) => phase === 'main' && uses === `org/actions/${action}@v1`);
  if (found === undefined) throw new Error(`${job} has no step ${action}`);
  return found;
}

describe.concurrent('rehearse', { timeout: 120_000 }, () => {
  it('delivery: every job succeeds, both environments run the one digest, the metrics arrive', async ({ expect }) => {
    const result = await run('delivery');
    expect(conclusions(result)).toEqual(Object.fromEntries([...ORDER, 'delivered'].map((id) => [id, 'success'])));
    const build = result.delivery.jobs.find(({ id }) => id === 'build');
    expect(build?.outputs['image']).toMatch(/^127\.0\.0\.1:\d+\/acme\/checkout-service@sha256:[0-9a-f]{64}$/);
    for (const environment of ['staging', 'production']) {
      expect(step(result, environment, 'wait-rollout').outputs).toMatchObject({
        result: 'healthy',
        images: build?.outputs['image'],
      });
      expect(step(result, environment, 'smoke-test').outputs).toMatchObject({
        'passed-count': '3',
        'failed-count': '0',
      });
      expect(step(result, environment, 'validate-secrets').outputs).toMatchObject({
        'checked-count': '2',
        'failed-count': '0',
      });
    }
    expect(result.telemetry.conclusion).toBe('success');
    expect(result.metrics).toContain('ci.pipeline.duration_seconds');
    expect(result.metrics).toContain('ci.pipeline.runs_total');
  });

  it('missing-secret: staging fails at the secrets, before anything touches the cluster', async ({ expect }) => {
    const result = await run('missing-secret');
    expect(conclusions(result)).toEqual(stoppedAt('staging'));
    const { outcome, log } = step(result, 'staging', 'validate-secrets');
    expect(outcome).toBe('failure');
    expect(log.join('\n')).toContain('checkout-service/staging/database-url  [MISSING]');
    expect(step(result, 'staging', 'wait-rollout').conclusion).toBe('skipped');
  });

  it('secret-scheduled-for-deletion: production fails although describe-secret answers', async ({ expect }) => {
    const result = await run('secret-scheduled-for-deletion');
    expect(conclusions(result)).toEqual(stoppedAt('production'));
    const { log } = step(result, 'production', 'validate-secrets');
    expect(log.join('\n')).toContain('checkout-service/production/database-url  [DELETING]');
    expect(log.join('\n')).toContain('aws secretsmanager restore-secret');
  });

  it('image-pull-failure: R01 staging fails in seconds, with the image and what the registry said', async ({
    expect,
  }) => {
    const result = await run('image-pull-failure');
    expect(conclusions(result)).toEqual(stoppedAt('staging'));
    const { log, outputs } = step(result, 'staging', 'wait-rollout');
    expect(outputs).toMatchObject({ result: 'failed', reason: 'ImagePullFailed' });
    expect(Number(outputs['duration-seconds'])).toBeLessThan(30);
    expect(log.join('\n')).toMatch(/checkout-service@sha256:[0-9a-f]{64}.*not found/);
  });

  it('crash-loop: staging fails with the exit code and the last words of the container', async ({ expect }) => {
    const result = await run('crash-loop');
    expect(conclusions(result)).toEqual(stoppedAt('staging'));
    const { log, outputs } = step(result, 'staging', 'wait-rollout');
    expect(outputs).toMatchObject({ result: 'failed', reason: 'CrashLoop' });
    expect(log.join('\n')).toContain('keeps crashing (exit code 1');
    expect(log.join('\n')).toContain('fatal: LEDGER_URL is not set');
  });

  it('rollout-timeout: staging fails and says what was still missing', async ({ expect }) => {
    const result = await run('rollout-timeout');
    expect(conclusions(result)).toEqual(stoppedAt('staging'));
    const { log, outputs } = step(result, 'staging', 'wait-rollout');
    expect(outputs).toMatchObject({ result: 'timeout' });
    expect(log.join('\n')).toContain('its readiness probe does not succeed');
  });

  it('smoke-failure: staging fails after a healthy rollout, with what was expected and what came', async ({
    expect,
  }) => {
    const result = await run('smoke-failure');
    expect(conclusions(result)).toEqual(stoppedAt('staging'));
    expect(step(result, 'staging', 'wait-rollout').outputs).toMatchObject({ result: 'healthy' });
    const { log, outputs } = step(result, 'staging', 'smoke-test');
    expect(outputs).toMatchObject({ 'passed-count': '1', 'failed-count': '2' });
    expect(log.join('\n')).toContain('expected status 200, got 404');
    expect(log.join('\n')).not.toContain('rehearsal-api-key-of-staging');
  });

  it('telemetry-backend-down: P07 the delivery and its telemetry stay green, with a warning', async ({ expect }) => {
    const result = await run('telemetry-backend-down');
    expect(result.delivery.conclusion).toBe('success');
    expect(result.telemetry.conclusion).toBe('success');
    expect(result.metrics).toEqual([]);
    const [warning] = result.telemetry.jobs[0]?.steps.flatMap(({ annotations }) => annotations) ?? [];
    expect(warning).toMatchObject({ level: 'warning', message: expect.stringContaining('did not reach') });
  });
});
