import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Credentials } from './credential.ts';
import { askHelper } from './credential-helper.ts';
import { RegistryFailure } from './failure.ts';

/** Nothing means that the registry is asked as anybody. */
export type CredentialStore = (registry: string) => Promise<Credentials | undefined>;

interface DockerConfig {
  readonly auths?: Readonly<Record<string, AuthEntry | null>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

interface AuthEntry {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

interface Surroundings {
  /** DOCKER_CONFIG or HOME (USERPROFILE) say where the config is; helpers run with all of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gets every secret before it is used. */
  readonly mask?: (secret: string) => void;
  readonly signal?: AbortSignal;
}

/** The key of Docker Hub in a docker config, whatever its images' names say. */
const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';

/**
 * The credentials that `docker login` and its relatives left on this machine. A helper for the registry goes first, then
 * the store for all, then `auths` (docker/cli, `configfile.GetCredentialsStore`).
 */
export function dockerCredentials({ env, mask = () => {}, signal }: Surroundings): CredentialStore {
  let config: Promise<{ path: string; config: DockerConfig }> | undefined;
  return async (registry) => {
    config ??= readConfig(env);
    const {
      path,
      config: { auths = {}, credHelpers = {}, credsStore },
    } = await config;
    const key = registry === 'docker.io' ? DOCKER_HUB_KEY : registry;
    const helper = credHelpers[key] ?? credHelpers[registry] ?? credsStore;
    const found =
      (helper ? await askHelper(helper, key, { env, ...(signal === undefined ? {} : { signal }) }) : undefined) ??
      fromEntry(auths[key] ?? entryOfHost(auths, registry), path, registry);
    if (found !== undefined) mask(found.kind === 'password' ? found.password : found.token);
    return found;
  };
}

async function readConfig(env: Surroundings['env']): Promise<{ path: string; config: DockerConfig }> {
  const home = env.HOME || env.USERPROFILE;
  const folder = env.DOCKER_CONFIG || (home ? join(home, '.docker') : undefined);
  if (folder === undefined) return { path: '', config: {} };
  const path = join(folder, 'config.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return { path, config: {} };
    throw unusable(path, error);
  }
  try {
    const config: unknown = JSON.parse(text);
    if (typeof config === 'object' && config !== null) return { path, config };
  } catch {
    // Told below, without the parser's message: it quotes the text, which holds passwords.
  }
  throw unusable(path);
}

function unusable(path: string, cause?: unknown): RegistryFailure {
  return new RegistryFailure(
    'bad-credentials',
    `the docker config ${path} cannot be read as a JSON object`,
    'log in again with docker/login-action, or remove the file to ask registries without credentials',
    { cause },
  );
}

/** Older clients write keys as addresses: `https://ghcr.io/v2/` is for ghcr.io. */
function entryOfHost(
  auths: Readonly<Record<string, AuthEntry | null>>,
  registry: string,
): AuthEntry | null | undefined {
  const hosts = registry === 'docker.io' ? ['docker.io', 'index.docker.io', 'registry-1.docker.io'] : [registry];
  return Object.entries(auths).find(([key]) =>
    hosts.includes(key.replace(/^https?:\/\//, '').replace(/\/.*$/, '')),
  )?.[1];
}

function fromEntry(entry: AuthEntry | null | undefined, path: string, registry: string): Credentials | undefined {
  if (entry === null || entry === undefined) return undefined;
  if (entry.identitytoken) return { kind: 'identity-token', token: entry.identitytoken, source: path };
  const pair = entry.auth ? Buffer.from(entry.auth, 'base64').toString('utf8') : undefined;
  const colon = pair?.indexOf(':') ?? -1;
  if (pair !== undefined && colon > 0)
    return {
      kind: 'password',
      username: pair.slice(0, colon),
      password: pair.slice(colon + 1).replace(/\0+$/, ''),
      source: path,
    };
  if (pair !== undefined)
    throw new RegistryFailure(
      'bad-credentials',
      `the docker config ${path} has no user name and password for ${registry}: its "auth" is not the base64 of both`,
      `log in again: docker login ${registry}`,
    );
  const { username, password } = entry;
  return username && password ? { kind: 'password', username, password, source: path } : undefined;
}
