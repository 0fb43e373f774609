import type { HttpFailure } from '@delivery-actions/http';
import { qualifiedName, type Resource } from './resource.ts';

export type KubeFailureKind =
  /** The object, or with `list` and `watch` the whole kind, is not there. */
  | 'not-found'
  /** RBAC says no; `rule` is what is missing. */
  | 'forbidden'
  /** The credential is not accepted, also after a refresh. */
  | 'unauthorized'
  /** The resource version is too old (HTTP 410, or the same in a watch). */
  | 'expired'
  /** Overloaded or starting: another try may help. */
  | 'busy'
  /** No answer at all; the cause is an HttpFailure. */
  | 'unreachable'
  /** An answer that a Kubernetes API server does not give. */
  | 'strange'
  /** The kubeconfig, or the credential plugin that it names. */
  | 'kubeconfig';

/** One rule that a Role lacks. */
export interface MissingRule {
  readonly group: string;
  /** `pods`, `pods/log` */
  readonly resource: string;
  readonly verb: string;
  readonly namespace: string;
}

interface Details {
  readonly hint?: string | undefined;
  readonly rule?: MissingRule;
  readonly account?: string | undefined;
  /** Milliseconds after which the server wants to be asked again. */
  readonly retryAfter?: number | undefined;
  readonly cause?: unknown;
}

/** Why the API server could not be asked. The message names the thing; `hint` is the next step. */
export class KubeFailure extends Error {
  override readonly name = 'KubeFailure';
  readonly kind: KubeFailureKind;
  readonly hint: string | undefined;
  readonly rule: MissingRule | undefined;
  readonly retryAfter: number | undefined;
  /** Who may not, as the server calls the account: `system:serviceaccount:payments:ci`. */
  readonly account: string | undefined;

  constructor(kind: KubeFailureKind, message: string, { hint, rule, account, retryAfter, cause }: Details = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.hint = hint;
    this.rule = rule;
    this.retryAfter = retryAfter;
    this.account = account;
  }
}

/** What was asked, for the words of a failure. */
export interface Asked {
  readonly verb: 'get' | 'list' | 'watch';
  readonly resource: Resource;
  readonly namespace: string;
  readonly name?: string;
  readonly subresource?: string;
}

interface Status {
  readonly message?: string;
  readonly reason?: string;
  readonly details?: { readonly retryAfterSeconds?: number };
}

/** An answer other than 2xx as a failure. Its body is a Status, or plain text (429 and proxies). */
export function failureOfAnswer(
  asked: Asked,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): KubeFailure {
  const { message, details } = statusOf(body);
  const thing = thingOf(asked);
  if ((status === 403 || status === 404) && !isOfApiServer(body))
    return new KubeFailure(
      'strange',
      `something answered ${status} for ${thing}, but not in the words of an API server`,
      {
        hint: 'is the address in the kubeconfig that of a Kubernetes API server, and no gateway before it?',
      },
    );
  switch (status) {
    case 401:
      return new KubeFailure('unauthorized', `the API server does not accept the credential (401) for ${thing}`, {
        hint: 'is the token or the cloud session expired, or of another cluster? kubectl auth whoami shows who you are',
      });
    case 403:
      return forbidden(asked, message);
    case 404:
      return new KubeFailure('not-found', message ?? `${thing} was not found`);
    case 410:
      return new KubeFailure('expired', message ?? `the resource version for ${thing} is too old`);
    default:
      if (status === 429 || status >= 500) {
        const seconds = Number(headers['retry-after'] ?? details?.retryAfterSeconds);
        return new KubeFailure(
          'busy',
          `the API server answered ${status} for ${thing}${message ? `: ${message}` : ''}`,
          {
            retryAfter: Number.isFinite(seconds) ? seconds * 1_000 : undefined,
          },
        );
      }
      return new KubeFailure(
        'strange',
        `the API server answered ${status} for ${thing}${message ? `: ${message}` : ''}`,
        {
          hint: 'is the address in the kubeconfig that of a Kubernetes API server?',
        },
      );
  }
}

/** A Status, or Go's own text for a path that no API is at, such as a group that is not installed. */
function isOfApiServer(body: string): boolean {
  return /"kind":\s*"Status"/.test(body) || body.trim() === '404 page not found';
}

/** The same for the ERROR object of a watch (kinds by `code`, apimachinery `metav1.Status`). */
export function failureOfWatchError(asked: Asked, status: Status & { readonly code?: number }): KubeFailure {
  return failureOfAnswer(asked, status.code ?? 500, {}, JSON.stringify({ kind: 'Status', ...status }));
}

/** An HttpFailure while asking the server. */
export function unreachable(server: string, cause: HttpFailure): KubeFailure {
  const hint =
    cause.kind === 'tls'
      ? "check the cluster's certificate-authority-data in the kubeconfig"
      : `is ${server} reachable from this runner (private endpoint, VPN, firewall)?`;
  return new KubeFailure('unreachable', `the API server cannot be asked: ${cause.message}`, { hint, cause });
}

/** The lines that a Role needs so that this is allowed. */
export function ruleText({ group, resource, verb, namespace }: MissingRule): string {
  const verbs = resource.includes('/') ? [verb] : ['get', 'list', 'watch'];
  const list = (words: readonly string[]) => `[${words.map((word) => `"${word}"`).join(', ')}]`;
  return [
    `add this rule to a Role of the account in namespace "${namespace}":`,
    `- apiGroups: ${list([group])}`,
    `  resources: ${list([resource])}`,
    `  verbs: ${list(verbs)}`,
  ].join('\n');
}

function forbidden({ verb, resource, namespace, subresource }: Asked, message: string | undefined): KubeFailure {
  const name = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`;
  const rule: MissingRule = { group: resource.group, resource: name, verb, namespace };
  const account = /User "([^"]+)"/.exec(message ?? '')?.[1];
  const who = account === undefined ? 'this account' : `"${account}"`;
  const what = subresource === undefined ? qualifiedName(resource) : name;
  return new KubeFailure('forbidden', `${who} may not ${verb} ${what}${placeOf(namespace)}`, {
    rule,
    account,
    hint: ruleText(rule),
  });
}

function thingOf({ verb, resource, namespace, name, subresource }: Asked): string {
  const path = [qualifiedName(resource), name, subresource].filter((part) => part !== undefined).join('/');
  return `${verb} ${path}${placeOf(namespace)}`;
}

function placeOf(namespace: string): string {
  return namespace === '' ? '' : ` in namespace "${namespace}"`;
}

function statusOf(body: string): Status {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null) return parsed as Status;
  } catch {
    // Plain text, such as the 429 of priority and fairness; it says no more than the status code does.
  }
  return {};
}
