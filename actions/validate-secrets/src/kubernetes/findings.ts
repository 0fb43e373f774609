import type { Finding } from '@delivery-actions/action-kit';
import { keysFinding } from '../keys-finding.ts';
import { type Cause, findingsByCause, type Group } from '../root-cause.ts';
import { levelOf } from '../severity.ts';
import { addKeys, createSecret } from './commands.ts';
import type { K8sCheck } from './k8s-check.ts';
import { notSyncedFinding } from './not-synced-finding.ts';
import { roleText } from './role.ts';

/** One finding for each root cause, in the order of the rows, written for the person who has to fix it. */
export function findings(checks: readonly K8sCheck[]): Finding[] {
  return [...findingsByCause(checks, rootCause, (group) => finding(group, checks)), ...suspectedCluster(checks)];
}

/** An error and a warning never have the same one. */
function rootCause(check: K8sCheck): unknown {
  const { id, namespace, denial, absent, suggestion, verdict } = check;
  if (denial !== undefined) return ['denied', namespace, denial.account, verdict, levelOf(check)];
  if (absent === 'group' || absent === 'version') return [absent, levelOf(check)];
  if (absent === 'namespace') return ['namespace', namespace, suggestion === undefined, levelOf(check)];
  return id;
}

/** Why the cluster gave no answer. */
export function whyUnreachable({ obstacle }: K8sCheck): Cause {
  const { cause, message = '', hint } = obstacle ?? {};
  return {
    title: cause === 'timeout' ? 'Timeout' : 'The cluster cannot be asked',
    why: `${message.charAt(0).toUpperCase()}${message.slice(1)}`,
    hint: hint ?? (cause === 'kubeconfig' ? LOGIN : undefined),
    kind: `kubernetes ${cause}`,
  };
}

const LOGIN = 'log in to the cluster in an earlier step, such as aws eks update-kubeconfig --name CLUSTER';

function finding(checks: Group<K8sCheck>, all: readonly K8sCheck[]): Finding {
  const [check] = checks;
  switch (check.verdict) {
    case 'MISSING':
      return missing(checks, check);
    case 'DELETING':
      return deleting(check);
    case 'NO-VALUE':
      return withoutValue(check);
    case 'DENIED':
    case 'DENIED-OR-MISSING':
      return denied(checks, check, all);
    case 'NOT-SYNCED':
      return notSyncedFinding(check);
    default:
      return withoutKeys(check);
  }
}

function missing(checks: readonly K8sCheck[], check: K8sCheck): Finding {
  const { id, kind, namespace, name, absent, suggestion, cluster = 'the cluster' } = check;
  const found = (message: string, hint: string, title = 'Secret is missing'): Finding => ({
    level: levelOf(check),
    title,
    message,
    hint,
  });
  const ids = checks.map((each) => each.id).join(', ');
  const are = checks.length === 1 ? 'is' : 'are';
  if (absent === 'group')
    return found(
      `${ids} ${are} MISSING: ${cluster} has no ExternalSecrets, since external-secrets.io is not installed in it.`,
      'is that the right cluster? kubectl config current-context; kubectl get crd externalsecrets.external-secrets.io',
      'No ExternalSecrets here',
    );
  if (absent === 'version')
    return found(
      `${ids} ${are} MISSING: ${cluster} has ExternalSecrets, but neither as v1 nor as v1beta1.`,
      'update the External Secrets Operator, or this action: kubectl get crd externalsecrets.external-secrets.io -o jsonpath={.spec.versions[*].name}',
      'No ExternalSecrets here',
    );
  if (absent === 'namespace')
    return found(
      `${ids} ${are} MISSING: ${cluster} has no namespace ${namespace}.`,
      `${suggestion === undefined ? '' : `did you mean ${suggestion}?\n`}kubectl get namespaces`,
      'Namespace is missing',
    );
  const thing = kind === 'secret' ? 'Secret' : 'ExternalSecret';
  const unlisted = check.listed === false ? ' Getting it is denied, and it is not among the names there either.' : '';
  const create = kind === 'secret' ? createSecret(check) : `kubectl apply -n ${namespace} -f YOUR-EXTERNAL-SECRET.yaml`;
  return found(
    `${id} is MISSING: there is no ${thing} ${name} in namespace ${namespace} of ${cluster}.${unlisted}${check.optional ? ' It is optional.' : ''}`,
    suggestion === undefined ? create : `did you mean ${suggestion}, which is there?\nIf not:\n${create}`,
  );
}

function deleting(check: K8sCheck): Finding {
  const { id, kind, namespace, name, deletion } = check;
  const held = deletion?.finalizers.length ? `, and is held only by ${deletion.finalizers.join(', ')}` : '';
  const plural = kind === 'secret' ? 'secret' : 'externalsecret';
  return {
    level: levelOf(check),
    title: 'Secret is being deleted',
    message: `${id} is DELETING: it still answers, but its deletion was asked for at ${deletion?.since}${held}.`,
    hint:
      `a deletion cannot be taken back: find out who deletes it, and make it anew once it is gone:\n` +
      `kubectl wait --for=delete ${plural}/${name} -n ${namespace}\n` +
      (kind === 'secret' ? createSecret(check) : `kubectl apply -n ${namespace} -f YOUR-EXTERNAL-SECRET.yaml`),
  };
}

function withoutValue(check: K8sCheck): Finding {
  return {
    level: levelOf(check),
    title: 'Secret has no value',
    message: `${check.id} has NO-VALUE: the Secret is there, but has not one key.`,
    hint: addKeys(secretOf(check)),
  };
}

function denied(checks: readonly K8sCheck[], check: K8sCheck, all: readonly K8sCheck[]): Finding {
  const { namespace, denial, listed, sync } = check;
  const who = denial?.account === undefined ? 'This account' : `"${denial.account}"`;
  const resources = [...new Set(checks.map((each) => each.denial?.resource))].join(' and ');
  const existence = listed
    ? `${checks.length === 1 ? 'It is' : 'They are'} there: a list has the name.`
    : sync?.target
      ? 'The ExternalSecret is there; whether the keys are in the Secret that it writes is not known.'
      : 'The API server gives the same answer for a missing one and for a forbidden one.';
  const asks = checks.map(
    (each) => `kubectl auth can-i get ${each.denial?.resource}/${each.denial?.name} -n ${namespace}`,
  );
  return {
    level: levelOf(check),
    title: 'Access denied',
    message: `${who} may not get ${resources} in namespace ${namespace}, so ${checks.map(({ id }) => id).join(', ')} could not be looked at. ${existence}`,
    hint: ['allow exactly this:', roleText(all, namespace, denial?.account), 'and ask as that account:', ...asks].join(
      '\n',
    ),
  };
}

function withoutKeys(check: K8sCheck): Finding {
  const { kind, sync, found, suggestedKeys = {}, verdict } = check;
  const { hint: _, ...told } = keysFinding(check, '');
  const near = Object.entries(suggestedKeys).map(([key, meant]) => `did you mean ${meant} for ${key}?`);
  const keys = [...(found?.missing ?? []), ...(found?.empty ?? [])];
  const put =
    kind === 'secret'
      ? addKeys({ ...check, keys: keys.length > 0 ? keys : (check.keys ?? []) })
      : sync?.target === null
        ? 'it writes no Secret that could have keys (creationPolicy None, or another kind of object)'
        : `the Secret is ${sync?.target}; its keys come from spec.data[].secretKey, spec.dataFrom and spec.target.template, and their values from the store`;
  const lead = verdict === 'PLACEHOLDER' && kind === 'secret' ? ['put the real one:'] : [];
  return { ...told, hint: [...near, ...lead, put].join('\n') };
}

/** An ExternalSecret's keys are in the Secret that it writes. */
function secretOf(check: K8sCheck): K8sCheck {
  return check.sync?.target ? { ...check, name: check.sync.target } : check;
}

/** When several and none of them is in the cluster, nor anything alike, the cluster is likelier to be wrong than they. */
function suspectedCluster(checks: readonly K8sCheck[]): Finding[] {
  const gone =
    checks.length > 1 &&
    checks.every(
      ({ verdict, absent, suggestion }) =>
        verdict === 'MISSING' && absent !== 'group' && absent !== 'version' && suggestion === undefined,
    );
  if (!gone) return [];
  return [
    {
      level: 'warning',
      title: 'Wrong cluster?',
      message: `Not one of the ${checks.length} secrets is in the cluster of ${checks[0]?.cluster}: is that the right one?`,
      hint: 'kubectl config current-context; kubectl cluster-info',
    },
  ];
}
