/** One kind that the server serves. */
export interface Kind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  /** Status is written through its own path only, and counts no generation. */
  readonly hasStatus: boolean;
  readonly subresources?: readonly string[];
}

const core = { group: '', version: 'v1', namespaced: true, hasStatus: false } as const;
const apps = { group: 'apps', version: 'v1', namespaced: true, hasStatus: true } as const;

export const NAMESPACES: Kind = {
  ...core,
  plural: 'namespaces',
  singular: 'namespace',
  kind: 'Namespace',
  shortNames: ['ns'],
  namespaced: false,
};
export const PODS: Kind = {
  ...core,
  plural: 'pods',
  singular: 'pod',
  kind: 'Pod',
  shortNames: ['po'],
  hasStatus: true,
  subresources: ['log'],
};
export const EVENTS: Kind = { ...core, plural: 'events', singular: 'event', kind: 'Event', shortNames: ['ev'] };
export const SERVICES: Kind = {
  ...core,
  plural: 'services',
  singular: 'service',
  kind: 'Service',
  shortNames: ['svc'],
};
export const DEPLOYMENTS: Kind = {
  ...apps,
  plural: 'deployments',
  singular: 'deployment',
  kind: 'Deployment',
  shortNames: ['deploy'],
};
export const REPLICA_SETS: Kind = {
  ...apps,
  plural: 'replicasets',
  singular: 'replicaset',
  kind: 'ReplicaSet',
  shortNames: ['rs'],
};
export const ROLLOUTS: Kind = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'rollouts',
  singular: 'rollout',
  kind: 'Rollout',
  shortNames: ['ro'],
  namespaced: true,
  hasStatus: true,
};

export const SECRETS: Kind = { ...core, plural: 'secrets', singular: 'secret', kind: 'Secret', shortNames: [] };
/** One kind of object in each version; the first is the preferred one. */
export const EXTERNAL_SECRETS: readonly Kind[] = ['v1', 'v1beta1', 'v1alpha1'].map((version) => ({
  group: 'external-secrets.io',
  version,
  plural: 'externalsecrets',
  singular: 'externalsecret',
  kind: 'ExternalSecret',
  shortNames: ['es'],
  namespaced: true,
  hasStatus: true,
}));

/** What every cluster here has. */
export const BUILT_IN: readonly Kind[] = [
  NAMESPACES,
  PODS,
  EVENTS,
  SERVICES,
  SECRETS,
  DEPLOYMENTS,
  REPLICA_SETS,
  ROLLOUTS,
];

export const KINDS: readonly Kind[] = [...BUILT_IN, ...EXTERNAL_SECRETS];

/** `pods`, `deployments.apps`: as the server's messages write it. */
export function resourceName({ group, plural }: Kind): string {
  return group === '' ? plural : `${plural}.${group}`;
}

export function apiVersion({ group, version }: Kind): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The kind of a manifest. */
export function kindOf(object: { readonly apiVersion: string; readonly kind: string }): Kind {
  const found = KINDS.find((kind) => kind.kind === object.kind && apiVersion(kind) === object.apiVersion);
  if (found === undefined) throw new Error(`the stand-in cluster has no ${object.apiVersion} ${object.kind}`);
  return found;
}

const VERBS = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

/** Discovery, in the form that every version of kubectl reads (`/api`, `/apis`, `/api/v1`, `/apis/GROUP/VERSION`). */
export function discovery(path: string, kinds: readonly Kind[]): object | undefined {
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis')
    return {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: groups(kinds).map((group) => groupDocument(group, kinds)),
    };
  const [, core, group, version] = /^\/(?:api\/(v1)|apis\/([^/]+)(?:\/([^/]+))?)$/.exec(path) ?? [];
  if (group !== undefined && version === undefined) {
    return groups(kinds).includes(group)
      ? { kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(group, kinds) }
      : undefined;
  }
  const served = kinds.filter((kind) => kind.group === (group ?? '') && kind.version === (version ?? core));
  const [first] = served;
  if (first === undefined) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersion(first),
    resources: served.flatMap(resourceDocuments),
  };
}

function groups(kinds: readonly Kind[]): string[] {
  return [...new Set(kinds.map(({ group }) => group).filter((group) => group !== ''))];
}

function groupDocument(group: string, kinds: readonly Kind[]) {
  const versions = [...new Set(kinds.filter((kind) => kind.group === group).map(({ version }) => version))];
  const documents = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: documents, preferredVersion: documents[0] };
}

function resourceDocuments({ plural, singular, kind, shortNames, namespaced, hasStatus, subresources = [] }: Kind) {
  const categories = /^(?:pods|services|deployments|replicasets)$/.test(plural) ? { categories: ['all'] } : {};
  const own = { name: plural, singularName: singular, namespaced, kind, shortNames, verbs: VERBS, ...categories };
  const below = (name: string, verbs: string[]) => ({
    name: `${plural}/${name}`,
    singularName: '',
    namespaced,
    kind,
    verbs,
  });
  return [
    own,
    ...(hasStatus ? [below('status', ['get', 'patch', 'update'])] : []),
    ...subresources.map((name) => below(name, ['get'])),
  ];
}
