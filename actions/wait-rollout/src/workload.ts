import { didYouMean, UserError } from '@delivery-actions/action-kit';

export type WorkloadKind = 'deployment' | 'rollout';

/** One line of the input `workloads`. */
export interface Workload {
  readonly kind: WorkloadKind;
  readonly name: string;
}

/** The words that kubectl and the argo plugin take for the two kinds. */
const KINDS: Readonly<Record<string, WorkloadKind>> = {
  deployment: 'deployment',
  deployments: 'deployment',
  deploy: 'deployment',
  rollout: 'rollout',
  rollouts: 'rollout',
  ro: 'rollout',
};

const OTHER_KINDS = new Set(['statefulset', 'statefulsets', 'sts', 'daemonset', 'daemonsets', 'ds', 'job', 'jobs']);

/** RFC 1123 subdomain, what the API server takes as a name. */
const NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** `deployment/checkout`; throws a UserError. */
export function parseWorkload(text: string): Workload {
  const [word = '', name, ...rest] = text.split('/');
  if (name === undefined || rest.length > 0) {
    throw new UserError(`"${text}" is not a workload such as deployment/checkout`, {
      hint: NAME.test(text)
        ? `say what it is: deployment/${text} or rollout/${text}`
        : 'write one workload a line, as kind/name',
    });
  }
  const kind = KINDS[word.toLowerCase()];
  if (kind === undefined) {
    const meant = didYouMean(word, Object.keys(KINDS));
    throw new UserError(`"${word}" is not a kind that this action waits for: expected deployment or rollout`, {
      ...(meant === undefined ? {} : { hint: `did you mean "${KINDS[meant]}/${name}"?` }),
      ...(OTHER_KINDS.has(word.toLowerCase()) ? { hint: `for now: kubectl rollout status ${text} --timeout 10m` } : {}),
    });
  }
  if (!NAME.test(name)) {
    throw new UserError(`"${name}" cannot be the name of a ${kind}: lower-case letters, digits, "-" and "." only`);
  }
  return { kind, name };
}

/** `deployment/checkout` */
export function workloadText({ kind, name }: Workload): string {
  return `${kind}/${name}`;
}
