import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TlsOptions } from '@delivery-actions/http';
import type { Clock } from '@delivery-actions/waiting';
import { type PluginCredential, runPlugin } from './exec-plugin.ts';
import { KubeFailure } from './failure.ts';
import { type ChosenContext, chooseContext, type Entry, isEntry, type KubeconfigPlaces, textAt } from './kubeconfig.ts';

/** What one request carries to say who asks. */
export interface Identity {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsOptions;
}

/** How to reach one cluster. */
export interface ClusterAccess {
  /** `https://10.0.0.1:6443`, without a slash at the end. */
  readonly server: string;
  /** The context's namespace, or `default`. */
  readonly namespace: string;
  /** `context "staging"`, for messages. */
  readonly origin: string;
  /** The identity as of now: token files are read again, plugins run again when their answer has expired. */
  identity(): Promise<Identity>;
  /** Forgets what was kept of the identity: the server refused it. */
  forget(): void;
}

export interface AccessSources extends KubeconfigPlaces {
  readonly clock: Clock;
  /** Told each secret before it is used. */
  readonly mask?: (secret: string) => void;
  /** Where a pod finds its service account. */
  readonly serviceAccountFolder?: string;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Finds the cluster: the kubeconfig's context, else the pod's own service account. Throws KubeFailure `kubeconfig`. */
export async function clusterAccess(sources: AccessSources): Promise<ClusterAccess> {
  const chosen = await chooseContext(sources);
  if (chosen !== undefined) return contextAccess(chosen, sources);
  const inside = await inClusterAccess(sources);
  if (inside !== undefined) return inside;
  throw new KubeFailure(
    'kubeconfig',
    `there is no kubeconfig: neither KUBECONFIG nor ${join(sources.home, '.kube', 'config')}`,
    {
      hint: 'log in to the cluster in an earlier step, such as aws eks update-kubeconfig --name CLUSTER',
    },
  );
}

async function contextAccess(chosen: ChosenContext, sources: AccessSources): Promise<ClusterAccess> {
  const { name, cluster } = chosen;
  const server = textAt(cluster, 'server');
  if (server === undefined || !/^https?:/.test(server) || !URL.canParse(server)) {
    throw new KubeFailure(
      'kubeconfig',
      `the cluster of context "${name}" has no server address such as https://10.0.0.1:6443`,
    );
  }
  if (textAt(cluster, 'proxy-url') !== undefined) {
    throw new KubeFailure('kubeconfig', `the cluster of context "${name}" has a proxy-url, which is not read`, {
      hint: 'set HTTPS_PROXY for this step instead',
    });
  }
  const ca = await material(cluster, 'certificate-authority');
  const serverName = textAt(cluster, 'tls-server-name');
  const tls: TlsOptions = {
    ...(ca === undefined ? {} : { ca }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(cluster['insecure-skip-tls-verify'] === true ? { rejectUnauthorized: false } : {}),
  };
  const { identity, forget } = await userIdentity(chosen, sources);
  return {
    server: server.replace(/\/+$/, ''),
    namespace: chosen.namespace ?? 'default',
    origin: `context "${name}"`,
    forget,
    async identity() {
      const own = await identity();
      return { headers: own.headers, tls: { ...tls, ...own.tls } };
    },
  };
}

interface OwnIdentity {
  identity(): Promise<Identity>;
  forget(): void;
}

async function userIdentity(
  chosen: ChosenContext,
  { clock, env, mask = () => {} }: AccessSources,
): Promise<OwnIdentity> {
  const { user, cluster, userFile, name } = chosen;
  // As kubectl does: a credential never goes over a connection that anyone can read.
  if (textAt(cluster, 'server')?.startsWith('http:'))
    return { forget() {}, identity: async () => ({ headers: {}, tls: {} }) };
  if (user['as'] !== undefined) {
    throw new KubeFailure('kubeconfig', `the user of context "${name}" acts as another one ("as"), which is not read`, {
      hint: 'use a user with the rights of its own',
    });
  }
  if (user['auth-provider'] !== undefined) {
    throw new KubeFailure(
      'kubeconfig',
      `the user of context "${name}" has an auth-provider, which Kubernetes 1.26 removed`,
      {
        hint: 'write the kubeconfig anew with a recent cloud tool: it names a credential plugin (exec) instead',
      },
    );
  }
  const cert = await material(user, 'client-certificate');
  const key = await material(user, 'client-key');
  const tls: TlsOptions = cert === undefined || key === undefined ? {} : { cert, key };
  const fixed = (headers: Record<string, string>): OwnIdentity => ({
    identity: async () => ({ headers, tls }),
    forget() {},
  });

  const { exec } = user;
  if (isEntry(exec)) {
    let kept: PluginCredential | undefined;
    return {
      forget() {
        kept = undefined;
      },
      async identity() {
        if (kept === undefined || (kept.expires ?? Infinity) <= clock.now()) {
          kept = await runPlugin({ exec, cluster, file: userFile, env });
          mask(kept.token ?? '');
          mask(kept.key ?? '');
        }
        return {
          headers: kept.token === undefined ? {} : bearer(kept.token),
          tls: kept.cert === undefined || kept.key === undefined ? tls : { cert: kept.cert, key: kept.key },
        };
      },
    };
  }
  const tokenFile = textAt(user, 'tokenFile');
  if (tokenFile !== undefined)
    return { forget() {}, identity: async () => ({ headers: await tokenIn(tokenFile, mask), tls }) };
  const token = textAt(user, 'token');
  if (token !== undefined) {
    mask(token);
    return fixed(bearer(token));
  }
  const username = textAt(user, 'username');
  const password = textAt(user, 'password') ?? '';
  if (username === undefined) return fixed({});
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  mask(password);
  mask(basic);
  return fixed({ authorization: `Basic ${basic}` });
}

/** Kubernetes docs, "Accessing the API from within a Pod". */
async function inClusterAccess(sources: AccessSources): Promise<ClusterAccess | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = sources.env;
  const folder = sources.serviceAccountFolder ?? SERVICE_ACCOUNT;
  const token = join(folder, 'token');
  if (host === undefined || host === '') return undefined;
  const read = (file: string) => readFile(join(folder, file), 'utf8').catch(() => undefined);
  const ca = await read('ca.crt');
  if (ca === undefined) return undefined;
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    namespace: (await read('namespace'))?.trim() || 'default',
    origin: 'the service account of this pod',
    forget() {},
    identity: async () => ({ headers: await tokenIn(token, sources.mask), tls: { ca } }),
  };
}

/** A token that something else renews: read every time. */
async function tokenIn(file: string, mask: (secret: string) => void = () => {}): Promise<Record<string, string>> {
  const token = (await readMaterial(file)).trim();
  mask(token);
  return bearer(token);
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

/** `KEY-data` in base64, or the file that `KEY` names. */
async function material(entry: Entry, key: string): Promise<string | undefined> {
  const data = textAt(entry, `${key}-data`);
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  const path = textAt(entry, key);
  return path === undefined ? undefined : readMaterial(path);
}

async function readMaterial(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new KubeFailure(
      'kubeconfig',
      `${path}, which the kubeconfig names, cannot be read (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}
