import { type HttpClient, isLoopback } from '@delivery-actions/http';
import type { ImageName } from '../reference.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import { type Credentials, IDENTITY_TOKEN } from './credential.ts';
import { RegistryFailure } from './failure.ts';
import { hostOf, isPrivateAddress } from './host.ts';

interface Asking {
  readonly http: HttpClient;
  readonly name: ImageName;
  readonly credentials: Credentials | undefined;
  readonly mask: (secret: string) => void;
}

/** A token is at most a few KiB; whoever answers more is not a token service. */
const TOKEN_BYTES = 64 * 1024;

/**
 * The `Authorization` header that a registry's 401 asks for, or nothing when the credentials that it wants are not there.
 * Bearer goes before Basic (distribution specification, "Token Authentication").
 */
export async function authorize(header: string, asking: Asking): Promise<string | undefined> {
  const challenges = parseChallenges(header);
  const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.realm !== undefined);
  if (bearer !== undefined) return `Bearer ${await token(bearer, asking)}`;
  if (!challenges.some(({ scheme }) => scheme === 'basic'))
    throw new RegistryFailure(
      'bad-answer',
      `${asking.name.registry} wants to be asked with ${challenges.map(({ scheme }) => scheme).join(', ') || 'nothing that it names'}, which is not known here`,
      'is it a registry? It should ask for Bearer or Basic authentication',
    );
  return asking.credentials?.kind === 'password' ? basic(asking.credentials) : undefined;
}

async function token(challenge: Challenge, asking: Asking): Promise<string> {
  const { http, name, credentials, mask } = asking;
  const { service, scope = `repository:${name.repository}:pull` } = challenge.parameters;
  const realm = trustedRealm(challenge.parameters.realm ?? '', name.registry);
  const query = { ...(service === undefined ? {} : { service }), scope };
  const refused = (status: number) =>
    new RegistryFailure(
      credentials === undefined ? 'credentials-wanted' : 'denied',
      credentials === undefined
        ? `${realm.host} gives no token for ${name.registry}/${name.repository} without credentials (${status})`
        : `${realm.host} refused the credentials for ${name.registry} from ${credentials.source} (${status})`,
      loginHint(name.registry),
    );

  if (credentials?.kind === 'identity-token') {
    const answer = await http.request({
      url: realm,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: String(
        new URLSearchParams({
          grant_type: 'refresh_token',
          client_id: 'delivery-actions',
          refresh_token: credentials.token,
          ...query,
        }),
      ),
      maxBytes: TOKEN_BYTES,
    });
    if (answer.status === 200) return tokenOf(answer.json(), realm, mask);
    // Older token services know GET alone, and say so in one of three ways (containerd, docker/auth, `FetchTokenWithOAuth`).
    if (![401, 404, 405].includes(answer.status)) throw refused(answer.status);
  }
  const url = new URL(realm);
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
  // Redirects are not followed: the credentials are for this host alone.
  const answer = await http.request({
    url,
    headers: credentials === undefined ? {} : { authorization: basic(credentials) },
    maxBytes: TOKEN_BYTES,
    retries: 3,
  });
  if (answer.status >= 300 && answer.status < 400)
    throw new RegistryFailure(
      'bad-answer',
      `${realm.host} answered ${answer.status} instead of a token for ${name.registry}/${name.repository}: a redirect, to which no credentials are sent`,
      `ask whoever runs ${name.registry} for the realm of its WWW-Authenticate header`,
    );
  if (answer.status === 401 || answer.status === 403) throw refused(answer.status);
  if (answer.status !== 200)
    throw new RegistryFailure(
      answer.status === 429 ? 'too-many-requests' : 'bad-answer',
      `${realm.host} answered ${answer.status} instead of a token for ${name.registry}/${name.repository}`,
      `see whether ${name.registry} has an outage, then run the job again`,
    );
  return tokenOf(answer.json(), realm, mask);
}

function tokenOf(answer: unknown, realm: URL, mask: (secret: string) => void): string {
  const { token: plain, access_token: oauth } = (answer ?? {}) as { token?: unknown; access_token?: unknown };
  const found = [plain, oauth].find((value) => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value));
  if (typeof found !== 'string')
    throw new RegistryFailure(
      'bad-answer',
      `${realm.host} answered without a token`,
      'is it the token service of a registry?',
    );
  mask(found);
  return found;
}

/**
 * The realm is the registry's word, and credentials go there. So: https unless it stays on this machine, and no address
 * inside of a private network unless the registry itself is that address (google/go-containerregistry#2258). Another host by
 * https is what Docker Hub and others have; but what a registry on this machine is told does not leave it.
 */
function trustedRealm(realm: string, registry: string): URL {
  const refuse = (why: string) =>
    new RegistryFailure(
      'bad-answer',
      `${registry} sends its clients to ${URL.canParse(realm) ? new URL(realm).host : 'no address'} for a token, ${why}`,
      'no credentials were sent; ask whoever runs the registry for the realm of its WWW-Authenticate header',
    );
  if (!URL.canParse(realm)) throw refuse('which is not a URL');
  const url = new URL(realm);
  const own = url.hostname === hostOf(registry);
  const local = isLoopback(hostOf(registry)) && isLoopback(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) throw refuse('and not by https');
  if (isPrivateAddress(url.hostname) && !own && !local) throw refuse('an address inside of a private network');
  if (url.username !== '' || url.password !== '') throw refuse('with a user name in the address');
  if (isLoopback(hostOf(registry)) && !local) throw refuse('which is not on this machine, as the registry is');
  return url;
}

function basic(credentials: Credentials): string {
  const [username, secret] =
    credentials.kind === 'password'
      ? [credentials.username, credentials.password]
      : [credentials.username ?? IDENTITY_TOKEN, credentials.token];
  return `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`;
}

/** What to do when a registry does not know who asks. */
export function loginHint(registry: string): string {
  const name = registry === 'docker.io' ? '' : ` ${registry}`;
  return `log in before this step, with docker/login-action${name === '' ? '' : ` (registry:${name})`} or: docker login${name}`;
}
