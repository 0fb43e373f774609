import { describe, expect, it } from 'vitest';
import type { ContainerStatus, Pod } from '../src/objects.ts';
import { podTroubles } from '../src/trouble.ts';

const IMAGE = 'registry.example/shop/checkout:1.502.403';

function pod(container: Partial<ContainerStatus>, more: Pod['status'] = {}): Pod {
  const conditions = [
    { type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: '2026-01-15T12:00:00Z' },
  ];
  return {
    metadata: { name: 'checkout-1' },
    status: {
      phase: 'Pending',
      conditions,
      containerStatuses: [{ name: 'app', image: IMAGE, ready: false, restartCount: 0, ...container }],
      ...more,
    },
  };
}

const waiting = (reason: string, message = ''): Partial<ContainerStatus> => ({
  state: { waiting: { reason, message } },
});

function crash(restartCount: number, seconds = 2, reason = 'Error', exitCode = 1): Partial<ContainerStatus> {
  const finishedAt = new Date(Date.parse('2026-01-15T12:00:00Z') + seconds * 1_000).toISOString();
  const terminated = { exitCode, reason, startedAt: '2026-01-15T12:00:00Z', finishedAt };
  return {
    restartCount,
    state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } },
    lastState: { terminated },
  };
}

describe('an image that cannot be pulled', () => {
  it.each([
    [
      'ErrImagePull',
      `rpc error: code = NotFound desc = failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": ${IMAGE}: not found`,
    ],
    ['ErrImagePull', `Error response from daemon: manifest for ${IMAGE} not found: manifest unknown: manifest unknown`],
    [
      'ErrImagePull',
      `failed to pull image "${IMAGE}": pull access denied, repository does not exist or may require authorization`,
    ],
    [
      'ErrImagePull',
      'failed to authorize: failed to fetch oauth token: unexpected status from GET request: 401 Unauthorized',
    ],
    ['ErrImagePull', 'unexpected status from HEAD request to https://registry.example/v2/: 403 Forbidden'],
    ['ImagePullBackOff', `Back-off pulling image "${IMAGE}": ErrImagePull: rpc error: ${IMAGE}: not found`],
    [
      'InvalidImageName',
      'Failed to apply default image tag "x:y:z": couldn\'t parse image name: invalid reference format',
    ],
    ['ErrImageNeverPull', 'Container image is not present with pull policy of Never'],
  ])('R01 %s: %s is told at once', (reason, message) => {
    expect(podTroubles(pod(waiting(reason, message)))[0]).toMatchObject({
      kind: 'image',
      fatal: 'sure',
      reason,
      image: IMAGE,
    });
  });

  it.each([
    ['ErrImagePull', 'unexpected status: 429 Too Many Requests: denied: Quota exceeded for quota metric'],
    ['ErrImagePull', 'toomanyrequests: You have reached your unauthenticated pull rate limit'],
    [
      'ErrImagePull',
      'failed to do request: Head "https://registry.example/v2/": dial tcp: lookup registry.example: no such host',
    ],
    [
      'ErrImagePull',
      'failed to authorize: failed to fetch anonymous token: unexpected status: 503 Service Unavailable',
    ],
    ['ErrImagePull', `failed to pull image "${IMAGE}": net/http: TLS handshake timeout`],
    ['ImagePullBackOff', `Back-off pulling image "${IMAGE}"`],
  ])('%s: %s may pass', (reason, message) => {
    expect(podTroubles(pod(waiting(reason, message)))[0]).toMatchObject({ kind: 'image', fatal: 'no' });
  });

  it('is judged by the words around its name, not by its name', () => {
    const image = 'registry.example/not found/denied:403';
    const container = { ...waiting('ErrImagePull', `pulling ${image}: connection refused`), image };
    expect(podTroubles(pod(container))[0]).toMatchObject({ fatal: 'no' });
  });

  it('shows the pull’s message, without the back-off around it', () => {
    const text = `Back-off pulling image "${IMAGE}": ErrImagePull: ${IMAGE}: not found`;
    expect(podTroubles(pod(waiting('ImagePullBackOff', text)))[0]?.message).toBe(
      `image "${IMAGE}" cannot be pulled: ${IMAGE}: not found`,
    );
  });
});

describe('a container that crashes', () => {
  it('R11 twice may be fine at the third start', () => {
    expect(podTroubles(pod(crash(2)))[0]).toMatchObject({
      kind: 'crash',
      fatal: 'no',
      message: 'crashed (exit code 1, 2 restarts)',
    });
  });

  it('three times keeps crashing', () => {
    expect(podTroubles(pod(crash(3)))[0]).toMatchObject({
      kind: 'crash',
      fatal: 'sure',
      message: 'keeps crashing (exit code 1, 3 restarts)',
    });
  });

  it('after a long run has crashed once, however often it was restarted in the weeks before', () => {
    expect(podTroubles(pod(crash(9, 86_400)))[0]).toMatchObject({ kind: 'crash', fatal: 'no' });
  });

  it('for want of memory says so', () => {
    expect(podTroubles(pod(crash(3, 2, 'OOMKilled', 137)))[0]?.message).toBe(
      'keeps crashing (exit code 137, killed for using too much memory, 3 restarts)',
    );
  });

  it('is also an init container', () => {
    const init = { name: 'migrate', image: IMAGE, ready: false, ...crash(4) };
    const status = { initContainerStatuses: [init] };
    expect(podTroubles(pod(waiting('PodInitializing'), status))[0]).toMatchObject({
      container: 'migrate',
      fatal: 'sure',
    });
  });
});

describe('a pod', () => {
  it('R13 whose kubelet has not synced a cache yet is waited for', () => {
    const said = 'failed to sync secret cache: timed out waiting for the condition';
    expect(podTroubles(pod(waiting('CreateContainerConfigError', said)))[0]).toMatchObject({
      kind: 'config',
      fatal: 'no',
    });
  });

  it('whose Secret is missing has a while to get it', () => {
    const [trouble] = podTroubles(pod(waiting('CreateContainerConfigError', 'secret "database" not found')));
    expect(trouble).toMatchObject({
      fatal: 'unless-it-passes',
      message: 'its configuration is not complete: secret "database" not found',
    });
  });

  it('R14 that a node threw out is not judged: its controller makes another', () => {
    expect(podTroubles(pod(crash(5), { phase: 'Failed', reason: 'Evicted' }))).toEqual([]);
  });

  it('R12 that no node takes is waited for: an autoscaler may be at work', () => {
    const conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: '0/2 nodes are available: 2 Insufficient cpu.',
      },
    ];
    expect(podTroubles({ metadata: { name: 'checkout-1' }, status: { phase: 'Pending', conditions } })).toEqual([
      {
        kind: 'unscheduled',
        fatal: 'no',
        pod: 'checkout-1',
        reason: 'Unschedulable',
        message: '0/2 nodes are available: 2 Insufficient cpu.',
      },
    ]);
  });

  it('that runs and is not ready says since when', () => {
    expect(podTroubles(pod({ state: { running: {} } }))).toEqual([
      {
        kind: 'not-ready',
        fatal: 'no',
        pod: 'checkout-1',
        container: 'app',
        image: IMAGE,
        reason: 'NotReady',
        message: 'runs, but its readiness probe does not succeed',
        since: '2026-01-15T12:00:00Z',
      },
    ]);
  });

  it('that is ready has no trouble', () => {
    expect(podTroubles(pod({ ready: true }, { conditions: [{ type: 'Ready', status: 'True' }] }))).toEqual([]);
  });
});
