/** What AWS says when it denies access. */
export interface Denial {
  /** ARN of the caller, if the message names it. */
  readonly principal?: string;
  /** `identity-based policy`, `resource-based policy`, `session policy`, `permissions boundary`, ... */
  readonly policy?: string;
  /** A statement denies it; else no statement allows it. */
  readonly explicit: boolean;
}

/**
 * Reads the message: `User: ARN is not authorized to perform: ACTION on resource: ID because no identity-based policy
 * allows the ACTION action`, or `... with an explicit deny in a resource-based policy` (IAM User Guide,
 * "Troubleshoot access denied error messages").
 */
export function readDenial(message: string): Denial {
  const [, principal] = /^User: (arn:\S+) is not authorized/.exec(message) ?? [];
  const [, denies] = /with an explicit deny in an? ([a-z][a-z -]*[a-z])/i.exec(message) ?? [];
  const [, allowsNot] = /because no ([a-z][a-z -]*[a-z]) allows/i.exec(message) ?? [];
  const policy = denies ?? allowsNot;
  return {
    ...(principal === undefined ? {} : { principal }),
    ...(policy === undefined ? {} : { policy }),
    explicit: denies !== undefined,
  };
}

/** Only a policy that hangs on the secret itself proves that there is a secret (cloud-custodian#10055). */
export function provesExistence({ policy, explicit }: Denial): boolean {
  return explicit && policy === 'resource-based policy';
}

/** `role deploy` of `arn:aws:sts::123456789012:assumed-role/deploy/session`, `user ci` of a user. */
export function principalName(principal: string): string {
  const [kind, ...path] = principal.split(':').slice(5).join(':').split('/');
  if (kind === 'assumed-role' && path[0] !== undefined) return `role ${path[0]}`;
  return kind === 'user' && path.length > 0 ? `user ${path.at(-1)}` : principal;
}

/** Where names are looked up: the caller's own partition and account. */
export function accountOf(principal: string | undefined): { partition: string; account: string } {
  const [, partition, , , account] = principal?.split(':') ?? [];
  return { partition: partition || 'aws', account: account || '*' };
}
