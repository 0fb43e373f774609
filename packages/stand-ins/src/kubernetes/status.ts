import { type Kind, resourceName } from './kinds.ts';

/** The server's own error body (apimachinery `metav1.Status`); thrown, it becomes the answer. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly code: number;
  readonly reason: string;
  readonly details: object;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: number,
    reason: string,
    message: string,
    details: object = {},
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
    this.headers = headers;
  }

  get body() {
    const { code, reason, message, details } = this;
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code };
  }
}

export function notFound(kind: Kind, name: string): StatusError {
  const details = { name, group: kind.group, kind: kind.plural };
  return new StatusError(404, 'NotFound', `${resourceName(kind)} "${name}" not found`, details);
}

/** What a client without the right gets; `resource` may have a subresource (`pods/log`). */
export function forbidden(
  user: string,
  verb: string,
  kind: Kind,
  resource: string,
  namespace: string,
  name?: string,
): StatusError {
  const thing = name === undefined ? resourceName(kind) : `${resourceName(kind)} "${name}"`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const message = `${thing} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${kind.group}" ${where}`;
  return new StatusError(403, 'Forbidden', message, {
    ...(name === undefined ? {} : { name }),
    group: kind.group,
    kind: kind.plural,
  });
}

export function expired(message: string): StatusError {
  return new StatusError(410, 'Expired', message);
}
