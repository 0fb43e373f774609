import type { InputReader, Run } from '@delivery-actions/action-kit';
import { type Endpoints, parseEndpoint } from './endpoints.ts';
import { parseReportPlace } from './report-file/place.ts';
import { once, parseRequest } from './request.ts';
import type { VaultRole } from './vault/login.ts';

/** What fails the step: secrets that are not usable, warnings too, or nothing. */
export type FailOn = 'missing' | 'warning' | 'never';

/** What every store is asked with, and how. */
export type Inputs = Omit<ReturnType<typeof parseInputs>, 'requests' | 'manifest' | 'reportFile'>;

export function parseInputs(read: InputReader, env: Run['env']) {
  const manifest = read.optionalText('manifest');
  const environment = read.optionalText('environment');
  const example = { example: 'checkout-service/staging/database-url' };
  const requests =
    manifest === undefined ? read.lines('secrets', parseRequest, example) : read.optionalLines('secrets', parseRequest);
  if (manifest === undefined && environment !== undefined)
    read.problem(
      'environment',
      `Input "environment" is "${environment}": it chooses from a manifest, and there is none.`,
    );
  if (manifest !== undefined && environment === undefined)
    read.problem(
      'environment',
      'Input "environment" is required with "manifest" and has no value.',
      'environment: staging',
    );
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
  const timeout = read.duration('timeout');
  const waitFor = read.optionalText('wait-for') === undefined ? undefined : read.duration('wait-for');
  return read.complete({
    requests: once(requests),
    manifest: manifest === undefined || environment === undefined ? undefined : { file: manifest, environment },
    region,
    concurrency: read.integer('concurrency', { min: 1, max: 100 }),
    timeout,
    waitFor,
    reportFile:
      read.optionalText('report-file') === undefined ? undefined : read.parsed('report-file', parseReportPlace),
    endpoints: endpoints(read),
    vaultRole: vaultRole(read),
    failOn: read.choice<FailOn>('fail-on', ['missing', 'warning', 'never']),
  });
}

/** `deploy` is a role of auth/jwt, `github/deploy` one of auth/github. */
function vaultRole(read: InputReader): VaultRole | undefined {
  const given = read.optionalText('vault-role')?.replace(/^auth\//, '');
  const audience = read.optionalText('vault-audience');
  if (given === undefined) {
    if (audience !== undefined)
      read.problem(
        'vault-audience',
        `Input "vault-audience" is "${audience}": it belongs to "vault-role", which has no value.`,
      );
    return undefined;
  }
  const parts = given.split('/');
  const role = parts.pop() ?? '';
  const mount = parts.join('/') || 'jwt';
  if (role === '' || !/^[\w./-]+$/.test(given) || given.includes('//') || /(?:^|\/)\.\.?(?:\/|$)/.test(given))
    read.problem(
      'vault-role',
      `Input "vault-role" is "${given}": expected the name of a role, or MOUNT/ROLE.`,
      'vault-role: deploy # of auth/jwt, or github/deploy of auth/github',
    );
  return { mount, role, audience };
}

function endpoints(read: InputReader): Endpoints {
  const pairs = read.optionalLines('endpoints', parseEndpoint);
  const names = pairs.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) read.problem('endpoints', `Input "endpoints" names an endpoint for ${twice} twice.`);
  return Object.fromEntries(pairs);
}
