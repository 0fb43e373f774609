import { didYouMean } from '@delivery-actions/action-kit';
import {
  type KubeClient,
  KubeFailure,
  type KubeList,
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

/** Searches of the whole cluster, which is a hint and no more. */
const MOST_SEARCHES = 10;

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
      const names = (await listed(namespace, kind))?.map(({ name }) => name);
      const absent = names?.length ? undefined : await absentNamespace(group, namespace);
      for (const check of group) known.set(check, settled(check, names, absent));
    },
    { concurrency },
  );
  const strangers = [...known].filter(
    ([, { verdict, suggestion }]) => verdict === 'MISSING' && suggestion === undefined,
  );
  await pMap(
    strangers.slice(0, MOST_SEARCHES),
    async ([check, after]) => void known.set(check, await elsewhere(after)),
    { concurrency },
  );
  return checks.map((check) => known.get(check) ?? check);

  async function listed(namespace: string, kind: K8sKind, name?: string): Promise<readonly Named[] | undefined> {
    const selector = name === undefined ? {} : { fieldSelector: `metadata.name=${name}` };
    return unlessRefused(async () =>
      namesOf(await cluster.listMetadata(await resourceOf(kind), namespace, { ...selector, signal })),
    );
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
    const all = await unlessRefused(async () => namesOf(await cluster.listMetadata(namespaces, '', { signal })));
    const meant = didYouMean(namespace, all?.map(({ name }) => name) ?? []);
    return meant === undefined ? {} : { meant };
  }

  /** The same name in another namespace, for those who may look into all. */
  async function elsewhere(check: K8sCheck): Promise<K8sCheck> {
    const { kind, name } = check;
    const [found] = (await listed('', kind, name)) ?? [];
    const place = found?.namespace;
    return place === undefined ? check : { ...check, suggestion: `${PREFIX[kind]}:${place}/${name}` };
  }
}

interface Named {
  readonly name: string;
  readonly namespace?: string;
}

function namesOf({ items }: KubeList<KubeObject>): readonly Named[] {
  return items.map(({ metadata: { name, namespace } }) => (namespace === undefined ? { name } : { name, namespace }));
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
