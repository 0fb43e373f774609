import type { Exchange } from '../loopback.ts';
import { ServiceError } from './error.ts';
import type { Input, Operation } from './operations.ts';
import type { RegionSecrets } from './secrets.ts';
import { readSignature, type Signature, verifySignature } from './signature.ts';

/** Who may call, and with which key; verified on every request. */
export interface AccessKey {
  readonly secretAccessKey: string;
  /** Of temporary credentials; a request with another one is refused. */
  readonly sessionToken?: string;
  /** Temporary credentials whose time is up. */
  readonly expired?: boolean;
  /** ARN of the caller, as error messages name it. */
  readonly principal?: string;
}

/** Operations that are allowed, each on the ARNs that match one of its patterns (IAM's `*` and `?`). */
export type AllowList = Readonly<Partial<Record<Operation, readonly string[]>>>;

/** What decides whether a request is let in. A test changes it while the stand-in runs. */
export interface AccessRules {
  /** By access key id. Without any, every key and every signature is taken. */
  accessKeys?: Readonly<Record<string, AccessKey>>;
  /** What the caller's identity-based policy allows. Without it, everything. */
  allow?: AllowList;
  /** ARN patterns that a resource-based policy denies explicitly, for every operation. */
  denyByResource?: readonly string[];
}

/** Authenticates the request: signature, key and session token. */
export function authenticate(exchange: Exchange, { accessKeys }: AccessRules): Signature & { principal?: string } {
  const signature = readSignature(exchange.headers.authorization);
  if (accessKeys === undefined) return signature;
  const key = accessKeys[signature.accessKeyId];
  if (key === undefined || key.sessionToken !== exchange.headers['x-amz-security-token'])
    throw new ServiceError('UnrecognizedClientException', 'The security token included in the request is invalid.');
  verifySignature(exchange, signature, key.secretAccessKey);
  if (key.expired)
    throw new ServiceError('ExpiredTokenException', 'The security token included in the request is expired');
  return { ...signature, ...(key.principal === undefined ? {} : { principal: key.principal }) };
}

/** Throws AccessDeniedException in the service's words unless the rules allow the operation on what `input` names. */
export function authorize(
  operation: Operation,
  input: Input,
  secrets: RegionSecrets,
  principal: string,
  { allow, denyByResource = [] }: AccessRules,
): void {
  const id = typeof input['SecretId'] === 'string' ? input['SecretId'] : undefined;
  const arn = id === undefined ? undefined : arnOf(id, secrets, principal);
  const deny = (why: string) => {
    const what = `secretsmanager:${operation}${id === undefined ? '' : ` on resource: ${id}`}`;
    throw new ServiceError('AccessDeniedException', `User: ${principal} is not authorized to perform: ${what} ${why}`);
  };
  if (arn !== undefined && denyByResource.some((pattern) => matches(pattern, arn)))
    deny('with an explicit deny in a resource-based policy');
  if (allow === undefined) return;
  const patterns = allow[operation] ?? [];
  if (!patterns.some((pattern) => pattern === '*' || (arn !== undefined && matches(pattern, arn))))
    deny(`because no identity-based policy allows the secretsmanager:${operation} action`);
}

/** A name that is not there has no random characters yet, so `secret:NAME-??????` does not match it. */
function arnOf(id: string, secrets: RegionSecrets, principal: string): string {
  const [, partition, , , account] = principal.split(':');
  const missing = id.startsWith('arn:')
    ? id
    : `arn:${partition}:secretsmanager:${secrets.region}:${account}:secret:${id}`;
  return secrets.find(id)?.arn ?? missing;
}

/** IAM's `*` and `?`. */
export function matches(pattern: string, arn: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(arn);
}
