import type { Finding } from './report/finding.ts';

type Details = Omit<Finding, 'level' | 'message'>;

/**
 * Something that the person who wrote the workflow can fix. It prints as annotations, without a stack.
 * Anything else that is thrown is a bug of the action and prints its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly findings: readonly Finding[];

  constructor(message: string, details: Details & ErrorOptions = {}) {
    const { cause, ...finding } = details;
    super(message, cause === undefined ? undefined : { cause });
    this.findings = [{ level: 'error', message, ...finding }];
  }

  /** Several problems that are known at once are one error, so that one run shows them all. */
  static all(findings: readonly Finding[]): UserError {
    const [first] = findings;
    if (first === undefined) throw new Error('UserError.all needs at least one finding');
    const error = new UserError(findings.map((finding) => finding.message).join('\n'));
    (error as { findings: readonly Finding[] }).findings = findings;
    return error;
  }
}
