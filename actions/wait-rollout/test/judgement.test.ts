import { describe, expect, it } from 'vitest';
import { type Judgement, judge } from '../src/judgement.ts';
import type { Deployment, Pod, Rollout } from '../src/objects.ts';
import { nothingSeen, type Sighting, seenNext } from '../src/seen.ts';

const DEPLOYMENT = { kind: 'deployment', name: 'checkout' } as const;
const ROLLOUT = { kind: 'rollout', name: 'checkout' } as const;

/** Plays a recorded wait back: each sighting a second after the one before. */
function replay(
  sightings: readonly Sighting[],
  { workload = DEPLOYMENT as typeof DEPLOYMENT | typeof ROLLOUT, after = 0 } = {},
): Judgement {
  const last = sightings.reduce(
    (seen, sighting, index) => seenNext(seen, sighting, index * 1_000),
    nothingSeen(workload),
  );
  return judge(last, (sightings.length - 1) * 1_000 + after);
}

function deployment(
  status: Deployment['status'],
  more: { uid?: string; generation?: number; paused?: boolean; revision?: string; deletionTimestamp?: string } = {},
): Deployment {
  const { uid = 'd1', generation = 2, paused, revision = '2', ...meta } = more;
  return {
    metadata: {
      name: 'checkout',
      uid,
      generation,
      annotations: { 'deployment.kubernetes.io/revision': revision },
      ...meta,
    },
    spec: { replicas: 2, ...(paused === undefined ? {} : { paused }) },
    status: { observedGeneration: 2, ...status },
  };
}

const done = { replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
const underWay = { replicas: 3, updatedReplicas: 1, availableReplicas: 2 };
const listed = (...objects: Deployment[]): Sighting => ({ of: 'workload', event: { type: 'listed', objects } });
const changed = (object: Deployment): Sighting => ({ of: 'workload', event: { type: 'changed', object } });
const deleted = (object: Deployment): Sighting => ({ of: 'workload', event: { type: 'deleted', object } });

const replicaSet = (uid: string, revision: string, owner = 'd1') => ({
  metadata: {
    name: uid,
    uid,
    annotations: { 'deployment.kubernetes.io/revision': revision },
    ownerReferences: [{ kind: 'Deployment', name: 'checkout', uid: owner }],
  },
});
const replicaSets: Sighting = {
  of: 'replica-sets',
  event: { type: 'listed', objects: [replicaSet('other', '2', 'd9'), replicaSet('old', '1'), replicaSet('new', '2')] },
};

function pod(owner: string, reason: string, message: string, restartCount = 0): Pod {
  const lastState = reason === 'CrashLoopBackOff' ? { terminated: { exitCode: 1 } } : {};
  return {
    metadata: {
      name: `pod-of-${owner}`,
      uid: `${owner}-1`,
      ownerReferences: [{ kind: 'ReplicaSet', name: owner, uid: owner }],
      labels: { 'rollouts-pod-template-hash': owner },
    },
    status: {
      phase: 'Pending',
      containerStatuses: [
        {
          name: 'app',
          image: 'r/checkout:2',
          ready: false,
          restartCount,
          state: { waiting: { reason, message } },
          lastState,
        },
      ],
    },
  };
}
const podsSeen = (...objects: Pod[]): Sighting => ({ of: 'pods', event: { type: 'listed', objects } });
const notPulled = (owner: string) => pod(owner, 'ErrImagePull', 'r/checkout:2: not found');

describe('a Deployment', () => {
  it('is healthy when kubectl would say so', () => {
    expect(replay([listed(deployment(done))])).toMatchObject({
      state: 'healthy',
      message: '2 of 2 replicas are updated and available',
    });
  });

  it('R02 is waited for while its status is of an older generation than any that was seen', () => {
    const stale = deployment({ ...done, observedGeneration: 2 }, { generation: 2 });
    const seen = [listed(deployment({ ...done, observedGeneration: 2 }, { generation: 3 })), changed(stale)];
    expect(replay(seen)).toMatchObject({
      state: 'waiting',
      message: 'the new spec has not been observed by the controller yet',
    });
  });

  it('R06 paused by its spec ends the wait at once, whatever its status says', () => {
    expect(replay([listed(deployment(underWay, { paused: true }))])).toMatchObject({
      state: 'failed',
      reason: 'Paused',
    });
    expect(replay([listed(deployment(done, { paused: true, generation: 3 }))])).toMatchObject({
      state: 'failed',
      reason: 'Paused',
    });
  });

  it('R07 deleted is not waited for', () => {
    expect(replay([listed(deployment(underWay)), deleted(deployment(underWay))])).toMatchObject({
      state: 'deleted',
      message: 'was deleted',
    });
    expect(replay([listed(deployment(underWay)), listed()])).toMatchObject({
      state: 'deleted',
      message: 'was deleted',
    });
    expect(replay([listed(deployment(underWay, { deletionTimestamp: '2026-01-15T12:00:00Z' }))])).toMatchObject({
      state: 'deleted',
      message: 'is being deleted',
    });
  });

  it.each([
    ['seen in the watch', changed(deployment(done, { uid: 'd2' }))],
    ['found by the list after a gap', listed(deployment(done, { uid: 'd2' }))],
  ])('R07 deleted and made again is not followed, %s', (_, again) => {
    expect(replay([listed(deployment(underWay)), again])).toEqual({
      state: 'deleted',
      reason: 'Deleted',
      message: 'was deleted, and another one of the same name was made, which is not followed',
      troubles: [],
    });
  });

  it('that never was there failed', () => {
    expect(replay([listed()])).toMatchObject({ state: 'failed', reason: 'NotFound' });
  });

  it('that exceeded its progress deadline failed, with what its pods know', () => {
    const conditions = [
      {
        type: 'Progressing',
        status: 'False',
        reason: 'ProgressDeadlineExceeded',
        message: 'ReplicaSet "new" has timed out progressing.',
      },
    ];
    const judgement = replay([
      replicaSets,
      podsSeen(pod('new', 'CrashLoopBackOff', '', 1)),
      listed(deployment({ ...underWay, conditions })),
    ]);
    expect(judgement).toMatchObject({
      state: 'failed',
      reason: 'ProgressDeadlineExceeded',
      message: 'exceeded its progress deadline: ReplicaSet "new" has timed out progressing.',
      troubles: [{ pod: 'pod-of-new', reason: 'CrashLoopBackOff' }],
    });
  });
});

describe('the pods', () => {
  it('R01 of the new ReplicaSet whose image cannot be pulled fail it at once', () => {
    expect(replay([listed(deployment(underWay)), replicaSets, podsSeen(notPulled('new'))])).toMatchObject({
      state: 'failed',
      reason: 'ImagePullFailed',
      message:
        'failed: image "r/checkout:2" cannot be pulled: r/checkout:2: not found (container app of pod pod-of-new)',
    });
  });

  it('R15 of an old revision, or of another owner, are not judged', () => {
    const broken = podsSeen(notPulled('old'), notPulled('other'), pod('old', 'CrashLoopBackOff', '', 20));
    expect(replay([listed(deployment(underWay)), replicaSets, broken])).toEqual({
      state: 'waiting',
      message: '1 out of 2 new replicas have been updated',
      troubles: [],
    });
  });

  it('R15 of the revision before are not taken for new ones while the new spec has not been observed', () => {
    const before = deployment({ ...underWay, observedGeneration: 1 }, { revision: '1' });
    expect(replay([listed(before), replicaSets, podsSeen(notPulled('old'))])).toMatchObject({
      state: 'waiting',
      troubles: [],
    });
  });

  it('R16 that may not be seen do not matter to the verdict', () => {
    expect(replay([listed(deployment(underWay)), replicaSets])).toMatchObject({ state: 'waiting' });
    expect(replay([listed(deployment(underWay)), podsSeen(notPulled('new'))])).toMatchObject({ state: 'waiting' });
    expect(replay([listed(deployment(underWay)), changed(deployment(done))])).toMatchObject({ state: 'healthy' });
  });

  it('R11 that crash twice and then run do not fail it', () => {
    const crashing = (restarts: number) => podsSeen(pod('new', 'CrashLoopBackOff', '', restarts));
    const first = [listed(deployment(underWay)), replicaSets, crashing(1), crashing(2)];
    expect(replay(first)).toMatchObject({ state: 'waiting', troubles: [{ fatal: 'no' }] });
    expect(replay([...first, changed(deployment(done))])).toMatchObject({ state: 'healthy' });
    expect(replay([...first, crashing(3)])).toMatchObject({ state: 'failed', reason: 'CrashLoop' });
  });

  it('that want a Secret get a minute until it is there', () => {
    const wanting = [
      listed(deployment(underWay)),
      replicaSets,
      podsSeen(pod('new', 'CreateContainerConfigError', 'secret "db" not found')),
    ];
    expect(replay(wanting)).toMatchObject({ state: 'waiting', again: 60_000 });
    expect(replay(wanting, { after: 59_999 })).toMatchObject({ state: 'waiting', again: 1 });
    expect(replay(wanting, { after: 60_000 })).toMatchObject({
      state: 'failed',
      reason: 'ContainerConfig',
      message:
        'failed: container app of pod pod-of-new cannot be started, its configuration is not complete: secret "db" not found',
    });
    // A trouble that went away and came back starts anew.
    expect(replay([...wanting, podsSeen(), wanting[2] as Sighting], { after: 59_000 })).toMatchObject({
      state: 'waiting',
    });
  });
});

describe('pods that the cluster refuses', () => {
  const quota =
    'pods "checkout-5d9-" is forbidden: exceeded quota: compute, requested: limits.memory=512Mi, used: limits.memory=2Gi, limited: limits.memory=2Gi';
  const condition = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: quota };
  const refused = deployment({ ...underWay, conditions: [condition] });

  it('R22 for a minute fail it, with the quota, what is used and what there is', () => {
    const message = `1 out of 2 new replicas have been updated; new pods are refused: ${quota}`;
    expect(replay([listed(refused)])).toMatchObject({ state: 'waiting', message, again: 60_000 });
    expect(replay([listed(refused)], { after: 59_999 })).toMatchObject({ state: 'waiting', again: 1 });
    expect(replay([listed(refused)], { after: 60_000 })).toMatchObject({
      state: 'failed',
      reason: 'PodsRefused',
      message: `failed: ${message}`,
    });
  });

  it('R22 and then has room for are no failure', () => {
    const made = changed(deployment(underWay));
    expect(replay([listed(refused), made, changed(refused)], { after: 59_000 })).toMatchObject({ state: 'waiting' });
    expect(replay([listed(refused), made], { after: 600_000 })).toMatchObject({ state: 'waiting' });
    expect(replay([listed(refused), changed(deployment(done))])).toMatchObject({ state: 'healthy' });
  });

  it('R22 explain a progress deadline that has passed', () => {
    const late = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' };
    expect(replay([listed(deployment({ ...underWay, conditions: [late, condition] }))])).toMatchObject({
      state: 'failed',
      reason: 'ProgressDeadlineExceeded',
      message: `exceeded its progress deadline; new pods are refused: ${quota}`,
    });
  });

  it('do not count while the status is of an older spec', () => {
    const before = deployment({ ...underWay, observedGeneration: 1, conditions: [condition] });
    expect(replay([listed(before)], { after: 600_000 })).toMatchObject({ state: 'waiting' });
  });
});

describe('a Rollout', () => {
  function rollout(status: Rollout['status']): Sighting {
    return {
      of: 'workload',
      event: {
        type: 'listed',
        objects: [
          {
            metadata: { name: 'checkout', uid: 'r1', generation: 4 },
            spec: {},
            status: { observedGeneration: '4', currentPodHash: 'new', ...status },
          },
        ],
      },
    };
  }
  const workload = ROLLOUT;

  it('is healthy when the argo plugin says so, and waited for in a pause', () => {
    expect(replay([rollout({ phase: 'Healthy' })], { workload })).toMatchObject({
      state: 'healthy',
      message: 'Healthy',
    });
    const paused = {
      phase: 'Paused',
      message: 'CanaryPauseStep',
      controllerPause: true,
      pauseConditions: [{ reason: 'CanaryPauseStep' }],
    };
    expect(replay([rollout(paused)], { workload })).toMatchObject({
      state: 'waiting',
      message: 'Paused: CanaryPauseStep',
    });
  });

  it('that is degraded failed at once', () => {
    const status = { phase: 'Degraded', message: 'RolloutAborted: Rollout aborted update to revision 3' };
    expect(replay([rollout(status)], { workload })).toMatchObject({
      state: 'failed',
      reason: 'Degraded',
      message: 'is Degraded: RolloutAborted: Rollout aborted update to revision 3',
    });
  });

  it('R15 is judged by the pods with its current hash only', () => {
    const progressing = rollout({ phase: 'Progressing', message: 'more replicas need to be updated' });
    expect(replay([progressing, podsSeen(notPulled('old'))], { workload })).toMatchObject({
      state: 'waiting',
      troubles: [],
    });
    expect(replay([progressing, podsSeen(notPulled('old'), notPulled('new'))], { workload })).toMatchObject({
      state: 'failed',
      reason: 'ImagePullFailed',
    });
  });
});
