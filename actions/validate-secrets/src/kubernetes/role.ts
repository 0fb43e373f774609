import type { K8sCheck } from './k8s-check.ts';

/**
 * A Role that allows exactly what this run asks of a namespace, and the binding for the account. A metadata-only request
 * is a `get` to RBAC, and a `get` of a Secret gives its values too: hence the names.
 */
export function roleText(checks: readonly K8sCheck[], namespace: string, account: string | undefined): string {
  const here = checks.filter((check) => check.namespace === namespace);
  const external = here.filter(({ kind }) => kind === 'external-secret');
  const secrets = [
    ...here.filter(({ kind }) => kind === 'secret').map(({ name }) => name),
    // Of a forbidden ExternalSecret the Secret is not known, and is usually its namesake.
    ...external.filter(({ keys }) => keys !== undefined).map(({ sync, name }) => sync?.target ?? name),
  ];
  return [
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: Role',
    `metadata: {name: validate-secrets, namespace: ${namespace}}`,
    'rules:',
    ...rule('', 'secrets', secrets),
    ...rule(
      'external-secrets.io',
      'externalsecrets',
      external.map(({ name }) => name),
    ),
    '---',
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: RoleBinding',
    `metadata: {name: validate-secrets, namespace: ${namespace}}`,
    'roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: validate-secrets}',
    `subjects: [${subject(account)}]`,
  ].join('\n');
}

function rule(group: string, resource: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const list = [...new Set(names)].sort().map((name) => JSON.stringify(name));
  return [
    `- apiGroups: ["${group}"]`,
    `  resources: ["${resource}"]`,
    `  resourceNames: [${list.join(', ')}]`,
    '  verbs: ["get"]',
  ];
}

function subject(account = 'ACCOUNT'): string {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):(.+)$/.exec(account) ?? [];
  return name === undefined
    ? `{apiGroup: rbac.authorization.k8s.io, kind: User, name: ${JSON.stringify(account)}}`
    : `{kind: ServiceAccount, namespace: ${namespace}, name: ${name}}`;
}
