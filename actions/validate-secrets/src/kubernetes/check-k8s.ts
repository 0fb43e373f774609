import { type KubeClient, KubeFailure, type Resource, secrets } from '@delivery-actions/kube';
import type { Clock } from '@delivery-actions/waiting';
import pMap from 'p-map';
import type { Wanted } from '../keys.ts';
import type { RequestTo } from '../store.ts';
import { type ExternalSecret, GROUP, judgeExternalSecret, VERSIONS } from './external-secret.ts';
import type { K8sCheck, Obstacle, ReadResource } from './k8s-check.ts';
import { judgeData, judgeMetadata, type Secret } from './secret.ts';
import { settle } from './settle.ts';

interface Circumstances {
  /** Rejects with a KubeFailure. */
  readonly cluster: Promise<KubeClient>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly concurrency: number;
}

/** What the cluster tells about each Secret and ExternalSecret, in the order of the question. */
export async function checkKubernetes(
  requests: readonly RequestTo<'k8s'>[],
  { cluster: connecting, clock, signal, concurrency }: Circumstances,
): Promise<readonly K8sCheck[]> {
  let cluster: KubeClient;
  try {
    cluster = await connecting;
  } catch (error) {
    return requests.map((request) => ({ ...aboutOf(request), ...judgeFailure(error, 'secrets', '', signal) }));
  }
  let served: Promise<readonly string[]> | undefined;
  const versions = () => {
    served ??= cluster.versions(GROUP, signal);
    return served;
  };

  async function ask(request: RequestTo<'k8s'>): Promise<K8sCheck> {
    const { reference, keys, policy } = request;
    const about = aboutOf(request, cluster);
    const wanted = { keys, notPlaceholder: policy?.notPlaceholder ?? false };
    return reference.kind === 'secret'
      ? { ...about, ...(await secret(about, about.name, wanted)) }
      : { ...about, ...(await externalSecret(about, wanted)) };
  }

  async function secret({ namespace }: K8sCheck, name: string, wanted: Wanted): Promise<Verdict> {
    try {
      const { metadata } = await cluster.metadata(secrets, namespace, name, signal);
      const judged = judgeMetadata(metadata, wanted);
      return judged ?? judgeData(await cluster.get<Secret>(secrets, namespace, name, signal), wanted);
    } catch (error) {
      return judgeFailure(error, 'secrets', name, signal);
    }
  }

  async function externalSecret(check: K8sCheck, wanted: Wanted): Promise<Verdict> {
    let judged: Judged;
    try {
      const there = await versions();
      const version = VERSIONS.find((each) => there.includes(each));
      if (version === undefined) return { verdict: 'MISSING', absent: there.length === 0 ? 'group' : 'version' };
      const resource: Resource = { group: GROUP, version, plural: 'externalsecrets' };
      const object = await cluster.get<ExternalSecret>(resource, check.namespace, check.name, signal);
      judged = judgeExternalSecret(object, clock.now());
    } catch (error) {
      return judgeFailure(error, 'externalsecrets', check.name, signal);
    }
    const { sync } = judged;
    if (judged.verdict !== 'EXISTS' || sync === undefined) return judged;
    const looks = wanted.keys.length > 0 || wanted.notPlaceholder;
    if (sync.target === null) return looks ? withoutTarget(judged, wanted) : judged;
    const { deletion, ...target } = await secret(check, sync.target, wanted);
    switch (target.verdict) {
      case 'MISSING':
        return { verdict: 'NOT-SYNCED', sync: { ...sync, why: 'target-missing' } };
      case 'DELETING':
        return { verdict: 'NOT-SYNCED', sync: { ...sync, why: 'target-deleting' }, ...(deletion && { deletion }) };
      case 'DENIED-OR-MISSING':
        // The operator says that it has written it, and puts it back when it goes.
        return looks ? { ...target, verdict: 'DENIED', sync } : { verdict: 'EXISTS', sync: { ...sync, unseen: true } };
      default:
        return { ...target, sync };
    }
  }

  const checks = await pMap(requests, ask, { concurrency });
  return await settle(checks, { cluster, signal, concurrency });
}

type Judged = ReturnType<typeof judgeExternalSecret>;

type Verdict = Omit<K8sCheck, 'id' | 'store' | 'region' | 'optional' | 'kind' | 'namespace' | 'name' | 'place'>;

function aboutOf({ id, optional, place, keys, policy, reference }: RequestTo<'k8s'>, cluster?: KubeClient): K8sCheck {
  const { kind, name, namespace = cluster?.access.namespace ?? '' } = reference;
  const looks = keys.length > 0 || policy?.notPlaceholder;
  return {
    id,
    store: 'k8s',
    region: null,
    optional,
    kind,
    namespace,
    name,
    ...(cluster === undefined ? {} : { cluster: cluster.access.origin }),
    ...(place === undefined ? {} : { place }),
    ...(looks ? { keys } : {}),
    verdict: 'UNREACHABLE',
  };
}

function withoutTarget(judged: Verdict, { keys }: Wanted): Verdict {
  return { ...judged, verdict: 'KEY-MISSING', found: { missing: keys, otherCase: [], empty: [] } };
}

function judgeFailure(error: unknown, resource: ReadResource, name: string, signal: AbortSignal): Verdict {
  if (signal.aborted)
    return unreachable(
      'timeout',
      'the time was up before the API server answered',
      'can the runner reach it (private endpoint, VPN, firewall)? If it is only slow, raise the input "timeout"',
    );
  // Not one of the client's own failures: an answer of a shape that no API server gives.
  if (!(error instanceof KubeFailure)) return unreachable('strange', "the API server's answer cannot be read");
  const { kind, message, hint, account } = error;
  switch (kind) {
    case 'not-found':
      return { verdict: 'MISSING' };
    case 'forbidden':
      return {
        verdict: 'DENIED-OR-MISSING',
        denial: { resource, name, ...(account === undefined ? {} : { account }) },
      };
    case 'expired':
      return unreachable('strange', message, hint);
    default:
      return unreachable(kind, message, hint);
  }
}

function unreachable(cause: Obstacle['cause'], message: string, hint?: string): Verdict {
  return { verdict: 'UNREACHABLE', obstacle: { cause, message, ...(hint === undefined ? {} : { hint }) } };
}
