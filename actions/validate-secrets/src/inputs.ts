import type { InputReader, Run } from '@delivery-actions/action-kit';
import { parseSecretId, type SecretId } from './secret-id.ts';

export function parseInputs(read: InputReader, env: Run['env']) {
  const secrets = read.lines('secrets', parseSecretId, { example: 'checkout-service/staging/database-url' });
  const region = read.optionalText('region') ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined);
  if (region !== undefined && !/^[a-z]{2,}(?:-[a-z]+)+-\d+$/.test(region)) {
    const [, around] = /^(.+-\d+)[a-z]$/.exec(region) ?? [];
    read.problem(
      'region',
      `The region is "${region}": expected the code of an AWS region, such as eu-west-1.`,
      around === undefined
        ? 'it comes from the input "region", else from AWS_REGION, else from AWS_DEFAULT_REGION'
        : `${region} is an availability zone; its region is ${around}`,
    );
  }
  return read.complete({ secrets: once(secrets), region, timeout: read.duration('timeout') });
}

/** Sorted, each one once. */
function once(secrets: readonly SecretId[]): readonly SecretId[] {
  const byId = new Map(secrets.map((secret) => [secret.id, secret]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
