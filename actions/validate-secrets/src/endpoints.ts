import { didYouMean, UserError } from '@delivery-actions/action-kit';
import { isLoopback } from '@delivery-actions/http';
import type { StoreName } from './reference.ts';

/** The stores that may be asked at another address, by the prefix of their lines; `aws` is Secrets Manager. */
const NAMES = ['aws', 'gcp', 'ssm', 'vault'] as const satisfies readonly StoreName[];

export type EndpointName = (typeof NAMES)[number];

/** Where a store is asked instead of at its own address, as a URL without a slash at its end. */
export type Endpoints = Readonly<Partial<Record<EndpointName, string>>>;

/** Reads `aws=https://proxy.example`. Throws a UserError that says what is wrong with it. */
export function parseEndpoint(line: string): readonly [EndpointName, string] {
  const [, name = '', address = ''] = /^([^=\s]*)\s*=\s*(\S*)$/.exec(line) ?? [];
  const known = NAMES.find((each) => each === name);
  if (known === undefined) {
    const meant = didYouMean(name, NAMES);
    throw new UserError(`"${name}" is no store with an endpoint`, {
      hint: meant === undefined ? `write one of ${NAMES.join(', ')} before the "="` : `did you mean ${meant}=?`,
    });
  }
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    throw new UserError(`the endpoint of ${name} is not a URL`, { hint: `write it as ${name}=https://HOST` });
  const { protocol, hostname, username, password, search, hash, origin, pathname } = new URL(address);
  if (username !== '' || password !== '')
    throw new UserError(`the endpoint of ${name} has a user name or a password in it`, {
      hint: 'credentials come from the environment of the step',
    });
  if (search !== '' || hash !== '')
    throw new UserError(`the endpoint of ${name} has more than a host and a path`, {
      hint: `write it as ${name}=${origin}${pathname}`,
    });
  if (protocol === 'http:' && !isLoopback(hostname))
    throw new UserError(
      `the endpoint of ${name} is http://, which anybody on the way can read, credentials and values`,
      {
        hint: `did you mean ${name}=https://${hostname}? Only this machine itself (127.0.0.1, localhost) may be asked without TLS`,
      },
    );
  return [known, `${origin}${pathname.replace(/\/+$/, '')}`];
}
