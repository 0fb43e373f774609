import { didYouMean } from '@delivery-actions/action-kit';
import {
  type KubeClient,
  KubeFailure,
  type KubeObject,
  namespaces,
  type Resource,
  secrets,
} from '@delivery-actions/kube';
import pMap from 'p-map';
import { GROUP, VERSIONS } from './external-secret.ts';
import type { K8sCheck } from './k8s-check.ts';
import type { K8sKind } from './reference.ts';

interface Circumstances {
  readonly cluster: KubeClient;
  readonly signal: AbortSignal;
  readonly concurrency: number;
}

const PREFIX: Readonly<Record<K8sKind, string>> = { secret: 'k8s', 'external-secret': 'external-secret' };

/**
 * What the names of a namespace say about those that are missing or forbidden: whether they are there, and which one was
 * meant. Asked only where there is something to settle, and metadata only. What may not be listed stays in doubt.
 */
export async function settle(
  checks: readonly K8sCheck[],
  { cluster, signal, concurrency }: Circumstances,
): Promise<readonly K8sCheck[]> {
  const doubtful = checks.filter(isInDoubt);
  if (doubtful.length === 0) return checks;
  const places = [...Map.groupBy(doubtful, ({ kind, namespace }) => `${kind}/${namespace}`).values()];
  const known = new Map<K8sCheck, K8sCheck>();
  await pMap(
    places,
    async (group) => {
      const [{ kind, namespace } = { kind: 'secret' as const, namespace: '' }] = group;
      const names = (await listed(namespace, kind))?.map(({ metadata }) => metadata.name);
      const absent = names?.length ? undefined : await absentNamespace(group, namespace);
      for (const check of group) known.set(check, settled(check, names, absent));
    },
    { concurrency },
  );
  const settledOnes = await pMap([...known], async ([check, after]) => [check, await elsewhere(after)] as const, {
    concurrency,
  });
  const result = new Map(settledOnes);
  return checks.map((check) => result.get(check) ?? check);

  async function listed(namespace: string, kind: K8sKind, name?: string): Promise<readonly KubeObject[] | undefined> {
    const selector = name === undefined ? {} : { fieldSelector: `metadata.name=${name}` };
    return unlessRefused(async () => {
      const { items } = await cluster.listMetadata(await resourceOf(kind), namespace, { ...selector, signal });
      return items;
    });
  }

  async function resourceOf(kind: K8sKind): Promise<Resource> {
    if (kind === 'secret') return secrets;
    const there = await cluster.versions(GROUP, signal);
    return { group: GROUP, version: VERSIONS.find((each) => there.includes(each)) ?? 'v1', plural: 'externalsecrets' };
  }

  /** The namespace is not there: with the one that was probably meant. Undefined when it is, or when nobody can tell. */
  async function absentNamespace(group: readonly K8sCheck[], namespace: string): Promise<Absent | undefined> {
    if (!group.some(({ verdict }) => verdict === 'MISSING')) return undefined;
    try {
      await cluster.metadata(namespaces, '', namespace, signal);
      return undefined;
    } catch (error) {
      if (!(error instanceof KubeFailure && error.kind === 'not-found')) return undefined;
    }
    const all = await unlessRefused(async () => (await cluster.listMetadata(namespaces, '', { signal })).items);
    const meant = didYouMean(namespace, all?.map(({ metadata }) => metadata.name) ?? []);
    return meant === undefined ? {} : { meant };
  }

  /** The same name in another namespace, for those who may look into all. */
  async function elsewhere(check: K8sCheck): Promise<K8sCheck> {
    const { kind, name, verdict, suggestion } = check;
    if (verdict !== 'MISSING' || suggestion !== undefined) return check;
    const [found] = (await listed('', kind, name)) ?? [];
    const place = found?.metadata.namespace;
    return place === undefined ? check : { ...check, suggestion: `${PREFIX[kind]}:${place}/${name}` };
  }
}

interface Absent {
  readonly meant?: string;
}

/** Whether the names of its namespace would tell more about it. */
function isInDoubt({ verdict, absent }: K8sCheck): boolean {
  return (verdict === 'MISSING' && absent === undefined) || verdict === 'DENIED-OR-MISSING';
}

function settled(check: K8sCheck, names: readonly string[] | undefined, absent: Absent | undefined): K8sCheck {
  const { denial, ...rest } = check;
  const { kind, name, namespace } = check;
  if (absent !== undefined && check.verdict === 'MISSING') {
    const { meant } = absent;
    const suggestion = meant === undefined ? {} : { suggestion: `${PREFIX[kind]}:${meant}/${name}` };
    return { ...check, absent: 'namespace', ...suggestion };
  }
  if (names === undefined) return check;
  if (denial !== undefined && names.includes(name)) return { ...check, verdict: 'DENIED', listed: true };
  const near = didYouMean(name, names);
  const suggestion = near === undefined ? {} : { suggestion: `${PREFIX[kind]}:${namespace}/${near}` };
  if (denial === undefined) return { ...check, ...suggestion };
  return { ...rest, verdict: 'MISSING', listed: false, ...suggestion };
}

/** A hint is not worth a failure: whatever is in the way of it, there is none. */
async function unlessRefused<Value>(ask: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await ask();
  } catch {
    return undefined;
  }
}
