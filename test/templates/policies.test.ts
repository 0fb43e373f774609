import { describe, expect, it } from 'vitest';
import {
  checkouts,
  concurrency,
  conditions,
  deploymentsQueue,
  digestsAreDeployed,
  lastJobJudges,
  needsTrap,
  POLICIES,
  type Policy,
  permissions,
  pins,
  runners,
  scripts,
  timeouts,
} from './policies.ts';
import { parseTemplate, readTemplate, templateFiles } from './template.ts';

const SHA = '0123456789abcdef0123456789abcdef01234567';

describe.each(templateFiles())('%s', (file) => {
  it.each(Object.entries(POLICIES))('keeps to %s', (_name, policy) => {
    expect(policy(readTemplate(file))).toEqual([]);
  });
});

/** What a policy says of a workflow, and of deliver.yml after a change to its text. */
function said(policy: Policy, workflow: string): readonly string[] {
  return policy(parseTemplate('bad.yml', workflow));
}

function saidOfDeliver(policy: Policy, from: string | RegExp, to: string): readonly string[] {
  const { file, text } = readTemplate('deliver.yml');
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`deliver.yml has no ${from} to change`);
  return policy(parseTemplate(file, changed)).map((complaint) => complaint.replace(/:\d+ /, ': '));
}

describe('a policy complains of', () => {
  it('a job without a timeout', () => {
    expect(said(timeouts, 'jobs:\n  a:\n    timeout-minutes: 5\n  b:\n    runs-on: x\n')).toEqual([
      'bad.yml:5 job "b" has no timeout-minutes',
    ]);
  });

  it('a job without a concurrency group, unless the workflow has one', () => {
    const jobs = 'jobs:\n  a:\n    concurrency: {group: a}\n  b:\n    runs-on: x\n';
    expect(said(concurrency, jobs)).toEqual(['bad.yml:5 job "b" is in no concurrency group']);
    expect(said(concurrency, `concurrency: {group: all}\n${jobs}`)).toEqual([]);
  });

  it('a workflow that grants something to every job', () => {
    const job = 'jobs:\n  a:\n    permissions: {}\n';
    const complaint = ['bad.yml: the workflow does not begin with "permissions: {}"'];
    expect(said(permissions, job)).toEqual(complaint);
    expect(said(permissions, `permissions: read-all\n${job}`)).toEqual(complaint);
    expect(said(permissions, `permissions:\n  contents: read # why\n${job}`)).toEqual(complaint);
  });

  it('a grant without its reason, and a job that takes what it is given', () => {
    const jobs =
      'jobs:\n  a:\n    permissions:\n      contents: read # to check out\n      packages: write\n  b:\n    x: y\n';
    expect(said(permissions, `permissions: {}\n${jobs}`)).toEqual([
      'bad.yml:6 job "a" does not say why it has "packages: write"',
      'bad.yml:8 job "b" does not list its permissions',
    ]);
  });

  it('W06 a third-party action by tag, by a short sha, or without its version', () => {
    const uses = (reference: string) => said(pins, `jobs:\n  a:\n    steps:\n      - uses: ${reference}\n`);
    expect(uses(`a/b@${SHA} # v1.2.3`)).toEqual([]);
    expect(uses('a/b@v1 # v1.2.3')).toEqual(['bad.yml:4 "a/b@v1" is not pinned by a full commit sha']);
    expect(uses('a/b@0123456 # v1.2.3')).toEqual(['bad.yml:4 "a/b@0123456" is not pinned by a full commit sha']);
    const version = 'has no comment with its exact version, such as "# v1.2.3"';
    expect(uses(`a/b@${SHA}`)).toEqual([`bad.yml:4 "a/b@${SHA}" ${version}`]);
    expect(uses(`a/b@${SHA} # v1`)).toEqual([`bad.yml:4 "a/b@${SHA}" ${version}`]);
  });

  it.each([
    'org/actions/image-tag@v1.2.0',
    'org/actions/image-tag@main',
    `org/actions/image-tag@${SHA}`,
    `${'org/actions'.split('/')[0]}/image-tag@v1`,
  ])('one of ours that is not written as service teams write it: %s', (reference) => {
    expect(said(pins, `jobs:\n  a:\n    steps:\n      - uses: ${reference}\n`)).toEqual([
      `bad.yml:4 "${reference}" is not one of ours as service teams write it: org/actions/<name>@v1`,
    ]);
  });

  it.each([
    ['a block', "|\n      ${{ github.ref == 'x' }}"],
    ['a text around it', '${{ github.actor }} && false'],
    ['two of them', '${{ false }} && ${{ false }}'],
  ])('W02 a condition that is always true because of %s', (_what, condition) => {
    const complaint = 'this condition is always true: write it bare, without ${{ }}, on one line';
    expect(said(conditions, `jobs:\n  a:\n    if: ${condition}\n`)).toEqual([`bad.yml:3 ${complaint}`]);
    const step = condition.replaceAll('      ', '          ');
    expect(said(conditions, `jobs:\n  a:\n    steps:\n      - if: ${step}\n`)).toEqual([`bad.yml:4 ${complaint}`]);
  });

  it.each(['always()', "${{ github.ref == 'x' }}", '>-\n      ${{ always() }}', '|\n      always()'])(
    'W02 and not of a condition that means what it says: %s',
    (condition) => expect(said(conditions, `jobs:\n  a:\n    if: ${condition}\n`)).toEqual([]),
  );

  it('W01 a deployment without a condition, that any skipped job above would skip', () => {
    expect(saidOfDeliver(needsTrap, / {4}if: .*needs\.staging\.result.*\n/, '')).toEqual([
      'deliver.yml: job "production" deploys to production and has no condition: a skipped job above would skip it silently',
    ]);
  });

  it('W01 a deployment that does not ask for the success of all that it needs', () => {
    expect(saidOfDeliver(needsTrap, " && needs.staging.result == 'success'", '')).toEqual([
      'deliver.yml: job "production" does not ask for the success of staging',
    ]);
    expect(
      saidOfDeliver(
        needsTrap,
        "!cancelled() && needs.build.result == 'success' }}",
        "needs.build.result == 'success' }}",
      ),
    ).toEqual([
      `deliver.yml: job "staging" has a condition without "!cancelled()": \${{ needs.build.result == 'success' }}`,
    ]);
  });

  it.each([
    [
      'always()',
      ['has a condition without "!cancelled()": ${{ always() }}', 'does not ask for the success of build, staging'],
    ],
    [
      "!cancelled() && needs.build.result == 'success' && needs.staging.result == 'success' || true",
      ['does not ask for the success of staging'],
    ],
    [
      "!cancelled() && needs.build.result == 'success' && needs.staging.result != 'failure'",
      ['does not ask for the success of staging'],
    ],
  ])('W01 a deployment whose condition lets it run without what it needs: %s', (condition, complaints) => {
    expect(saidOfDeliver(needsTrap, /if: .*needs\.staging\.result.*/, `if: \${{ ${condition} }}`)).toEqual(
      complaints.map((complaint) => `deliver.yml: job "production" ${complaint}`),
    );
  });

  it('W01 any job that looks past a failure without asking what failed', () => {
    expect(saidOfDeliver(needsTrap, '    needs: [test]\n', '    needs: [test]\n    if: ${{ !cancelled() }}\n')).toEqual(
      ['deliver.yml: job "build" does not ask for the success of test'],
    );
  });

  it('W01 a last job that can be skipped', () => {
    expect(saidOfDeliver(lastJobJudges, '    if: always()\n', '')).toEqual([
      'deliver.yml: the last job, "delivered", must have the bare condition "always()", not ""',
    ]);
    expect(saidOfDeliver(lastJobJudges, '    if: always()\n', '    if: ${{ always() && vars.X }}\n')).toEqual([
      'deliver.yml: the last job, "delivered", must have the bare condition "always()", not "${{ always() && vars.X }}"',
    ]);
  });

  it('W01 a last job that does not look at every other', () => {
    expect(saidOfDeliver(lastJobJudges, '            audit ${{ needs.audit.result }}\n', '')).toEqual([
      'deliver.yml: the last job, "delivered", does not look at the result of audit',
    ]);
    expect(saidOfDeliver(lastJobJudges, 'needs: [lint, audit, test, build,', 'needs: [lint, test, build,')).toEqual([
      'deliver.yml: the last job, "delivered", does not need audit',
    ]);
  });

  it('W01 a job at the end that nobody judges', () => {
    const added = '  scan:\n    name: Scan\n    runs-on: ubuntu-24.04\n    steps: []\n\n  test:\n    name: Test\n';
    expect(saidOfDeliver(lastJobJudges, '  test:\n    name: Test\n', added)).toEqual([
      'deliver.yml: there must be one last job that needs all others, and nothing needs scan, delivered',
    ]);
  });

  it('W03 a deployment that a newer run may cut', () => {
    const job = (concurrency: string, id = 'a') =>
      `  ${id}:\n    environment: production\n    concurrency:\n      ${concurrency}\n`;
    const says = (workflow: string) => said(deploymentsQueue, workflow);
    const queued = 'group: p\n      cancel-in-progress: false';
    expect(says(`jobs:\n${job(queued)}`)).toEqual([]);
    const it = 'bad.yml:3 job "a" deploys to production and';
    expect(says(`jobs:\n${job('group: p')}`)).toEqual([`${it} does not say "cancel-in-progress: false"`]);
    expect(says(`jobs:\n${job('group: p-${{ github.sha }}\n      cancel-in-progress: false')}`)).toEqual([
      `${it} is in a group of its own in every run: p-\${{ github.sha }}`,
    ]);
    expect(says(`jobs:\n${job(queued)}${job(queued, 'b')}`)).toEqual([
      `${it} shares its group with job "b"`,
      'bad.yml:8 job "b" deploys to production and shares its group with job "a"',
    ]);
    expect(says(`jobs:\n${job(queued)}concurrency: {group: all, cancel-in-progress: true}\n`)).toEqual([
      `${it} is cancelled by the workflow's "concurrency"`,
    ]);
  });

  it('W04 a tag handed to the deployment', () => {
    const line = /IMAGE: \$\{\{ needs\.build\.outputs\.image \}\}( #.*)?\n/;
    expect(saidOfDeliver(digestsAreDeployed, line, 'IMAGE: ${{ needs.build.outputs.version }}\n')).toEqual([
      'deliver.yml: job "staging" deploys ${{ needs.build.outputs.version }}, which is not made from a digest',
      'deliver.yml: job "production" deploys ${{ needs.build.outputs.image }}, and job "staging" deploys ${{ needs.build.outputs.version }}',
    ]);
    expect(saidOfDeliver(digestsAreDeployed, line, 'IMAGE: ghcr.io/a/b:latest\n')).toContain(
      'deliver.yml: job "staging" does not deploy an output of the job that builds, but "ghcr.io/a/b:latest"',
    );
    expect(
      saidOfDeliver(
        digestsAreDeployed,
        'DIGEST: ${{ steps.push.outputs.digest }}',
        'DIGEST: ${{ steps.tag.outputs.version }}',
      ),
    ).toHaveLength(2);
  });

  it('W05 a second build for an environment', () => {
    const step = `      - uses: docker/build-push-action@${SHA} # v7.3.0\n`;
    expect(
      saidOfDeliver(digestsAreDeployed, /(environment:\n {6}name: production[\s\S]*? steps:\n)/, `$1${step}`),
    ).toEqual(['deliver.yml: job "production" builds a second image']);
  });

  it('an expression in a script, and a shell without pipefail', () => {
    const jobs = 'jobs:\n  a:\n    steps:\n      - run: echo ${{ github.event.head_commit.message }}\n';
    expect(said(scripts, `defaults: {run: {shell: bash}}\n${jobs}`)).toEqual([
      'bad.yml:5 a script has an expression in it: hand the value on through "env"',
    ]);
    expect(said(scripts, 'jobs: {}\n')).toEqual(['bad.yml:1 defaults.run.shell is not bash']);
  });

  it('a runner image that moves', () => {
    expect(said(runners, 'jobs:\n  a:\n    runs-on: ubuntu-latest\n')).toEqual([
      'bad.yml:3 job "a" does not run on ubuntu-24.04',
    ]);
  });

  it('a checkout that leaves its token behind', () => {
    expect(said(checkouts, `jobs:\n  a:\n    steps:\n      - uses: actions/checkout@${SHA} # v7.0.1\n`)).toEqual([
      'bad.yml:4 the checkout keeps its token: say "persist-credentials: false"',
    ]);
  });
});
