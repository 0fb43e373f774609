import { dirname, resolve } from 'node:path';
import { KubeFailure } from './failure.ts';
import { type Entry, isEntry, textAt } from './kubeconfig.ts';

/** What a plugin answers (client-go credential plugins, `ExecCredential.status`). */
export interface PluginCredential {
  readonly token?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Milliseconds since 1970; undefined: until the server refuses it. */
  readonly expires?: number;
}

interface PluginCircumstances {
  readonly exec: Entry;
  readonly cluster: Entry;
  /** The kubeconfig's path. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const VERSIONS = new Set(['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']);
const TIMEOUT = 60_000;

/** Runs the credential plugin of a kubeconfig user. Throws KubeFailure `kubeconfig`, never with the plugin's output. */
export async function runPlugin({ exec, cluster, file, env }: PluginCircumstances): Promise<PluginCredential> {
  const apiVersion = textAt(exec, 'apiVersion') ?? '';
  const given = textAt(exec, 'command') ?? '';
  if (!VERSIONS.has(apiVersion)) {
    throw new KubeFailure('kubeconfig', `the credential plugin ${given} has apiVersion "${apiVersion}"`, {
      hint: `client-go takes ${[...VERSIONS].join(' and ')}: write the kubeconfig anew with a recent tool`,
    });
  }
  if (textAt(exec, 'interactiveMode') === 'Always') {
    throw new KubeFailure('kubeconfig', `the credential plugin ${given} needs a terminal (interactiveMode: Always)`);
  }
  // With a folder in it, the command is relative to the kubeconfig; without, it is looked up on PATH.
  const command = /[\\/]/.test(given) ? resolve(dirname(resolve(file)), given) : given;
  const args = Array.isArray(exec['args']) ? exec['args'].map(String) : [];
  const output = await outputOf(command, args, pluginEnv(exec, cluster, apiVersion, env), textAt(exec, 'installHint'));
  return credentialOf(given, output);
}

function pluginEnv(exec: Entry, cluster: Entry, apiVersion: string, env: PluginCircumstances['env']) {
  const extra = (Array.isArray(exec['env']) ? exec['env'] : [])
    .filter(isEntry)
    .map((entry) => [textAt(entry, 'name') ?? '', String(entry['value'] ?? '')]);
  const info = {
    kind: 'ExecCredential',
    apiVersion,
    spec: { interactive: false, ...(exec['provideClusterInfo'] === true ? { cluster: clusterInfo(cluster) } : {}) },
  };
  return { ...env, ...Object.fromEntries(extra), KUBERNETES_EXEC_INFO: JSON.stringify(info) };
}

function clusterInfo(cluster: Entry): Entry {
  const extensions = Array.isArray(cluster['extensions']) ? cluster['extensions'].filter(isEntry) : [];
  const config = extensions.find((entry) => entry['name'] === 'client.authentication.k8s.io/exec')?.['extension'];
  return Object.fromEntries(
    Object.entries({
      server: cluster['server'],
      'tls-server-name': cluster['tls-server-name'],
      'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'],
      'certificate-authority-data': cluster['certificate-authority-data'],
      'proxy-url': cluster['proxy-url'],
      config,
    }).filter(([, value]) => value !== undefined),
  );
}

async function outputOf(
  command: string,
  args: string[],
  env: Record<string, string | undefined>,
  installHint?: string,
) {
  const { execFile } = await import('node:child_process');
  return new Promise<string>((done, fail) => {
    execFile(command, args, { env, timeout: TIMEOUT, maxBuffer: 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) return done(stdout);
      if (error.code === 'ENOENT') {
        return fail(
          new KubeFailure('kubeconfig', `the kubeconfig's credential plugin ${command} is not on this machine`, {
            hint: installHint ?? `install ${command} in an earlier step, or use a kubeconfig with a token`,
          }),
        );
      }
      const why = error.killed ? `did not answer in ${TIMEOUT / 1_000} s` : `failed (exit ${error.code})`;
      const said = stderr.trim().split('\n').slice(-3).join('\n');
      return fail(
        new KubeFailure('kubeconfig', `the credential plugin ${command} ${why}${said === '' ? '' : `: ${said}`}`, {
          hint: 'is the cloud login of this job done before this step, and for the right account?',
        }),
      );
    });
  });
}

function credentialOf(command: string, output: string): PluginCredential {
  let status: unknown;
  try {
    status = JSON.parse(output).status;
  } catch {
    // Told below, without the output: it may hold the credential.
  }
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = isEntry(status) ? status : {};
  const cert = typeof clientCertificateData === 'string' && typeof clientKeyData === 'string';
  if (typeof token !== 'string' && !cert) {
    throw new KubeFailure(
      'kubeconfig',
      `the credential plugin ${command} answered neither a token nor a client certificate`,
    );
  }
  const expires = typeof expirationTimestamp === 'string' ? Date.parse(expirationTimestamp) : Number.NaN;
  return {
    ...(typeof token === 'string' ? { token } : {}),
    ...(cert ? { cert: String(clientCertificateData), key: String(clientKeyData) } : {}),
    ...(Number.isFinite(expires) ? { expires } : {}),
  };
}
