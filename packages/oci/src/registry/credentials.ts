import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Credentials } from './credential.ts';
import { askHelper } from './credential-helper.ts';
import { RegistryFailure } from './failure.ts';

/** Nothing means that the registry is asked as anybody. Podman keeps credentials of single repositories too. */
export type CredentialStore = (registry: string, repository?: string) => Promise<Credentials | undefined>;

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
  /** DOCKER_CONFIG or HOME (USERPROFILE), and podman's variables, say where the files are; helpers run with all of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gets every secret before it is used. */
  readonly mask?: (secret: string) => void;
  readonly signal?: AbortSignal;
}

/** The key of Docker Hub in a docker config, whatever its images' names say. */
const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';

/**
 * The credentials that `docker login`, `podman login` and their relatives left on this machine, from the first file that has
 * some for the registry. In a file, a helper for the registry goes first, then the store for all, then `auths` (docker/cli,
 * `configfile.GetCredentialsStore`).
 */
export function dockerCredentials({ env, mask = () => {}, signal }: Surroundings): CredentialStore {
  const read = new Map<string, Promise<DockerConfig>>();
  return async (registry, repository = '') => {
    for (const path of configPaths(env)) {
      const reading = read.get(path) ?? readConfig(path);
      read.set(path, reading);
      const { auths = {}, credHelpers = {}, credsStore } = await reading;
      const key = registry === 'docker.io' ? DOCKER_HUB_KEY : registry;
      const helper = credHelpers[key] ?? credHelpers[registry] ?? credsStore;
      const found =
        (helper ? await askHelper(helper, key, { env, ...(signal === undefined ? {} : { signal }) }) : undefined) ??
        fromEntry(entryOf(auths, registry, repository), path, registry);
      if (found === undefined) continue;
      mask(found.kind === 'password' ? found.password : found.token);
      return found;
    }
    return undefined;
  };
}

/**
 * What was named outright, then docker's own, then podman's: of this login session and of the user (containers-auth.json(5);
 * google/go-containerregistry reads the same files, `authn.DefaultKeychain`).
 */
function configPaths(env: Surroundings['env']): readonly string[] {
  const home = env.HOME || env.USERPROFILE;
  const at = (folder: string | undefined, ...rest: readonly string[]) => (folder ? [join(folder, ...rest)] : []);
  return [
    ...at(env.REGISTRY_AUTH_FILE),
    ...at(env.DOCKER_CONFIG || (home && join(home, '.docker')), 'config.json'),
    ...at(env.XDG_RUNTIME_DIR, 'containers', 'auth.json'),
    ...at(env.XDG_CONFIG_HOME || (home && join(home, '.config')), 'containers', 'auth.json'),
  ];
}

async function readConfig(path: string): Promise<DockerConfig> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return {};
    throw unusable(path, error);
  }
  try {
    const config: unknown = JSON.parse(text);
    if (typeof config === 'object' && config !== null) return config;
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

/** The entry of the repository, of the path above it and so on (podman), or of the host: `https://ghcr.io/v2/` is for ghcr.io. */
function entryOf(
  auths: Readonly<Record<string, AuthEntry | null>>,
  registry: string,
  repository: string,
): AuthEntry | null | undefined {
  const hosts =
    registry === 'docker.io' ? [DOCKER_HUB_KEY, 'docker.io', 'index.docker.io', 'registry-1.docker.io'] : [registry];
  const parts = repository.split('/');
  const paths = parts.map((_, index) => `${registry}/${parts.slice(0, parts.length - index).join('/')}`);
  for (const key of [...paths, ...hosts]) if (Object.hasOwn(auths, key)) return auths[key];
  return Object.entries(auths).find(([key]) =>
    hosts.includes(key.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '')),
  )?.[1];
}

function fromEntry(entry: AuthEntry | null | undefined, path: string, registry: string): Credentials | undefined {
  if (entry === null || entry === undefined) return undefined;
  const pair = entry.auth ? Buffer.from(entry.auth, 'base64').toString('utf8') : undefined;
  const colon = pair?.indexOf(':') ?? -1;
  if (entry.identitytoken)
    return {
      kind: 'identity-token',
      token: entry.identitytoken,
      source: path,
      ...(pair !== undefined && colon > 0 ? { username: pair.slice(0, colon) } : {}),
    };
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
