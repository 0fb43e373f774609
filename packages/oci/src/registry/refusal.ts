import { HttpFailure, type HttpResponse } from '@delivery-actions/http';
import type { ImageName } from '../reference.ts';
import { loginHint } from './authorization.ts';
import { RegistryFailure } from './failure.ts';
import { registryHost } from './host.ts';

/** An answer that does not show what was asked for, in the words of a registry's user. `what` is the image's reference, or its tags. */
export function refusal(
  { status, headers, redirects, url }: HttpResponse,
  what: string,
  name: ImageName,
): RegistryFailure {
  const host = registryHost(name.registry);
  const last = new URL(url).host;
  if (redirects.length > 0 && last !== host && status >= 400)
    return new RegistryFailure(
      'bad-answer',
      `${host} redirected to ${last}, which answered ${status} for ${what}; credentials for ${host} were not sent there`,
      `ask whoever runs ${name.registry} where it keeps its content`,
    );
  switch (status) {
    case 401:
      return new RegistryFailure(
        'credentials-wanted',
        `${host} does not show ${what} without credentials that it knows (401)`,
        loginHint(name.registry),
      );
    case 403:
      return new RegistryFailure(
        'denied',
        `${host} does not show ${what} to these credentials (403): they may not pull it, or it does not exist`,
        'give the login the right to pull (on ghcr.io: "packages: read" under "permissions:")',
      );
    case 404:
      return new RegistryFailure(
        'not-found',
        `${what} does not exist: ${host} knows no such repository or tag (404)`,
        'check its name and tag; some registries also answer so when the login may not see it',
      );
    case 429: {
      const seconds = headers['retry-after'] ?? '';
      return new RegistryFailure(
        'too-many-requests',
        `${host} has had too many requests and does not show ${what} now (429${seconds ? `, to be asked again in ${seconds}s` : ''})`,
        `${loginHint(name.registry)}: the limit of a user is higher. Or pin the image by its digest, which asks nobody`,
        /^\d{1,6}$/.test(seconds) ? { pause: Number(seconds) * 1_000 } : {},
      );
    }
    default:
      return new RegistryFailure(
        'bad-answer',
        `${host} answered ${status} for ${what}`,
        `see whether ${name.registry} has an outage, then run the job again`,
      );
  }
}

/** Failures of HTTP whose cause is what the registry sends, not how it is reached. */
const BAD_ANSWER: readonly string[] = [
  ...['not-json', 'too-large', 'not-http', 'bad-encoding', 'bad-redirect', 'too-many-redirects'],
];

/** A failed request in the words of a registry's user. */
export function unreachable(error: unknown, name: ImageName): unknown {
  if (!(error instanceof HttpFailure) || error.kind === 'aborted') return error;
  const bad = BAD_ANSWER.includes(error.kind);
  return new RegistryFailure(
    bad ? 'bad-answer' : 'unreachable',
    `${name.registry}/${name.repository} cannot be looked up: ${error.message}`,
    bad
      ? `is ${registryHost(name.registry)} a registry, or a proxy or a web server in front of one? See what it says: curl -i https://${registryHost(name.registry)}/v2/`
      : `check the name of the registry, and that this runner may connect to it: curl -i https://${name.registry}/v2/`,
    { cause: error },
  );
}
