import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { rolloutPhase } from '../../actions/wait-rollout/src/argo-rollout.ts';
import { deploymentProgress } from '../../actions/wait-rollout/src/deployment.ts';
import { judge } from '../../actions/wait-rollout/src/judgement.ts';
import type { Deployment, Pod, Rollout } from '../../actions/wait-rollout/src/objects.ts';
import { nothingSeen, seenNext } from '../../actions/wait-rollout/src/seen.ts';
import { podTroubles } from '../../actions/wait-rollout/src/trouble.ts';

const FOLDER = fileURLToPath(new URL('../../../shared/conformance/wait-rollout/', import.meta.url));

/** Other people's cases lie beside the repository; where they are not, the test says by name what did not run. */
function cases<Case>(file: string): readonly Case[] {
  const path = `${FOLDER}${file}`;
  if (!existsSync(path)) return [];
  return (JSON.parse(readFileSync(path, 'utf8')) as { cases: Case[] }).cases;
}

function suite<Case>(file: string, body: (all: readonly Case[]) => void): void {
  const all = cases<Case>(file);
  describe.skipIf(all.length === 0)(
    `${file}${all.length === 0 ? ': NOT RUN, ../shared/conformance is not here' : ''}`,
    () => {
      if (all.length === 0) it('needs ../shared/conformance', () => {});
      else body(all);
    },
  );
}

/** Kinds that other tools know and this action does not wait for. */
const NOT_OURS = 'only Deployments and Rollouts are waited for';

interface KubectlCase {
  readonly kind: string;
  readonly revision: number;
  readonly object: Deployment;
  readonly expected: { readonly message: string; readonly error: string | null };
}

/** kubectl's sentence without its frame. */
function core(sentence: string): string {
  return sentence.replace(/^Waiting for deployment "[^"]*" rollout to finish: /, '').replace(/\.\.\.\n$/, '');
}

suite<KubectlCase>('kubectl-oracle-cases.json', (all) => {
  const ours = all.filter(({ kind, revision }) => kind === 'Deployment' && revision === 0);

  it(`has cases for us; the others are left out: ${NOT_OURS}, and a revision cannot be asked for`, () => {
    expect(ours.length).toBe(60);
    expect(
      all
        .filter((each) => !ours.includes(each))
        .every(({ kind, revision }) => /^(?:StatefulSet|DaemonSet)$/.test(kind) || revision > 0),
    ).toBe(true);
  });

  it.each(ours.map((each) => [each.object.metadata.name, each] as const))(
    '%s: the status says what kubectl says',
    (_, { object, expected }) => {
      const progress = deploymentProgress(object);
      if (expected.error !== null) {
        expect(expected.error).toBe(`deployment "${object.metadata.name}" exceeded its progress deadline`);
        expect(progress).toMatchObject({ state: 'failed', reason: 'ProgressDeadlineExceeded' });
      } else if (expected.message.includes('successfully rolled out')) expect(progress.state).toBe('done');
      else if (expected.message.startsWith('Waiting for deployment spec update'))
        expect(progress).toMatchObject({ state: 'progressing', observed: false });
      else expect(progress).toEqual({ state: 'progressing', observed: true, message: core(expected.message) });
    },
  );

  it.each(ours.map((each) => [each.object.metadata.name, each] as const))(
    '%s: the verdict differs for a paused Deployment only (R06)',
    (_, { object, expected }) => {
      const seen = seenNext(
        nothingSeen({ kind: 'deployment', name: object.metadata.name }),
        { of: 'workload', event: { type: 'listed', objects: [object] } },
        0,
      );
      const { state } = judge(seen, 0);
      // kubectl waits for a paused Deployment until its timeout, or calls the revision before the pause rolled out.
      if (object.spec?.paused === true) expect(state).toBe('failed');
      else
        expect(state).toBe(
          expected.error !== null
            ? 'failed'
            : expected.message.includes('successfully rolled out')
              ? 'healthy'
              : 'waiting',
        );
    },
  );
});

suite<KubectlCase>('kubectl-rollout-status-cases.json', (all) => {
  it(`has no case for us: ${NOT_OURS}`, () => {
    expect(all.map(({ kind }) => kind).filter((kind) => !/^(?:StatefulSet|DaemonSet)$/.test(kind))).toEqual([]);
  });
});

suite<{
  suite: string;
  index: number;
  object: Rollout;
  expected: { phase: string; message: string };
}>('argo-rollouts-phase-cases.json', (all) => {
  it.each(all.map((each) => [`${each.suite} ${each.index}`, each] as const))('%s', (_, { object, expected }) => {
    expect(rolloutPhase(object)).toMatchObject(expected);
  });
});

suite<{
  suite: string;
  name: string;
  object: Deployment;
  expected: { status: string };
}>('kstatus-cases.json', (all) => {
  const ours = all.filter(({ object }) => object.kind === 'Deployment');
  it(`has cases for us; the others are left out: ${NOT_OURS}`, () => expect(ours.length).toBe(3));

  it.each(ours.map((each) => [each.name, each] as const))('%s', (name, { object, expected }) => {
    // kubectl compares the counts alone: one available replica of one, and a condition Available that lags behind them.
    const status = name === 'depNotAvailable' ? 'Current' : expected.status;
    expect(deploymentProgress(object).state).toBe(status === 'Current' ? 'done' : 'progressing');
  });

  /** Where a pod alone is called Failed, and a rollout still has a chance. */
  const EXCEPTIONS: Readonly<Record<string, string>> = {
    podUnschedulable: 'R12: an autoscaler may be adding the node; the deadline tells if none comes',
    podCrashLooping: 'R11: one crash is not a verdict; three restarts are',
  };
  const pods = all.filter(({ object }) => object.kind === 'Pod');
  it.each(pods.map((each) => [each.name, each] as const))(
    '%s is fatal to a rollout only where kstatus calls the pod Failed',
    (name, { object, expected }) => {
      const fatal = podTroubles(object as unknown as Pod).some((trouble) => trouble.fatal === 'sure');
      if (expected.status === 'Failed' && EXCEPTIONS[name] === undefined) expect(fatal).toBe(true);
      else expect(fatal).toBe(false);
    },
  );
});

suite<{
  name: string;
  managed: string;
  pod: Pod;
  expected: { failFast: boolean };
}>('krane-pod-doom-cases.json', (all) => {
  /** Pods of a ReplicaSet are always managed. */
  const managed = all.filter((each) => each.managed !== 'unmanaged');
  const EXCEPTIONS: Readonly<Record<string, 'sure' | 'unless-it-passes' | 'no'>> = {
    // The Secret may be made a moment later, by the same deployment: a minute is given.
    'container config error': 'unless-it-passes',
    // restartCount is 0: R11, a second start may be fine.
    'crash loop': 'no',
  };
  it.each(managed.map((each) => [each.name, each] as const))('%s', (name, { pod, expected }) => {
    const [worst] = podTroubles(pod);
    expect(worst?.fatal ?? 'no').toBe(EXCEPTIONS[name] ?? (expected.failFast ? 'sure' : 'no'));
  });
});
