import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { manualClock } from '@delivery-actions/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AccessSources, clusterAccess } from '../src/index.ts';

let home: string;
let masked: string[];
const clock = manualClock();

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kube-'));
  masked = [];
});

function file(path: string, text: string): string {
  const full = join(home, path);
  mkdirSync(join(full, '..'), { recursive: true });
  writeFileSync(full, text);
  return full;
}

function access(sources: Partial<AccessSources> = {}) {
  return clusterAccess({
    env: {},
    home,
    clock,
    mask: (secret) => masked.push(secret),
    serviceAccountFolder: join(home, 'none'),
    ...sources,
  });
}

function config({ user = 'token: secret-token', cluster = '', context = '', name = 'staging' } = {}): string {
  return `current-context: ${name}
clusters:
- name: ${name}
  cluster: {server: "https://${name}.example:6443/", ${cluster}}
contexts:
- name: ${name}
  context: {cluster: ${name}, user: ${name}, ${context}}
users:
- name: ${name}
  user:
    ${user}
`;
}

describe('a kubeconfig', () => {
  it('is read from .kube/config in the home folder', async () => {
    file('.kube/config', config({ context: 'namespace: payments' }));
    const found = await access();
    expect(found).toMatchObject({
      server: 'https://staging.example:6443',
      namespace: 'payments',
      origin: 'context "staging"',
    });
    expect(await found.identity()).toEqual({ headers: { authorization: 'Bearer secret-token' }, tls: {} });
    expect(masked).toEqual(['secret-token']);
  });

  it('is merged from the list in KUBECONFIG: the first of a name wins, absent files are passed over', async () => {
    const first = file('a', config());
    const second = file(
      'b',
      config({ name: 'production' }).replace('name: production\n  user', 'name: staging\n  user'),
    );
    const env = { KUBECONFIG: ['', join(home, 'absent'), first, second].join(delimiter) };
    expect((await access({ env })).server).toBe('https://staging.example:6443');
    await expect(access({ env, context: 'production' })).rejects.toMatchObject({
      message: `${first}, ${second} has no user "production"`,
    });
  });

  it('given by path stands alone and must exist', async () => {
    const env = { KUBECONFIG: file('a', config()) };
    await expect(access({ env, path: join(home, 'absent') })).rejects.toMatchObject({
      message: `the kubeconfig ${join(home, 'absent')} cannot be read (ENOENT)`,
      hint: 'does the step that writes it run before this one, in the same job?',
    });
  });

  it('names its contexts when the one asked for is not in it', async () => {
    const path = file('a', config());
    await expect(access({ path, context: 'stagin' })).rejects.toMatchObject({
      message: `${path} has no context "stagin"`,
      hint: 'it has: staging',
    });
  });

  it('that is not YAML is told by its line, without its text', async () => {
    const path = file('a', 'users:\n- user: {token: "secret-token\n');
    const error = await access({ path }).catch((reason: Error) => reason);
    expect(error).toMatchObject({ kind: 'kubeconfig' });
    expect((error as Error).message).toMatch(/, line \d+: not valid YAML \([A-Z_]+\)$/);
    expect((error as Error).message).not.toContain('secret-token');
  });

  it('takes certificates from data or from files beside it, and the TLS settings of the cluster', async () => {
    file('pki/client.crt', 'CERT');
    file('pki/client.key', 'KEY');
    const ca = Buffer.from('CA').toString('base64');
    const path = file(
      'config',
      config({
        user: 'client-certificate: pki/client.crt\n    client-key: pki/client.key',
        cluster: `certificate-authority-data: ${ca}, tls-server-name: kube.internal`,
      }),
    );
    expect(await (await access({ path })).identity()).toEqual({
      headers: {},
      tls: { ca: 'CA', serverName: 'kube.internal', cert: 'CERT', key: 'KEY' },
    });
  });

  it('skips the check of the certificate only when it says so', async () => {
    const path = file('config', config({ cluster: 'insecure-skip-tls-verify: true' }));
    expect((await (await access({ path })).identity()).tls).toEqual({ rejectUnauthorized: false });
  });

  it('has its token file read every time', async () => {
    const path = file('config', config({ user: 'tokenFile: token' }));
    file('token', 'first\n');
    const found = await access({ path });
    expect((await found.identity()).headers).toEqual({ authorization: 'Bearer first' });
    file('token', 'second');
    expect((await found.identity()).headers).toEqual({ authorization: 'Bearer second' });
    expect(masked).toEqual(['first', 'second']);
  });

  it('with user name and password masks both forms', async () => {
    const path = file('config', config({ user: 'username: ci\n    password: hunter2' }));
    const basic = Buffer.from('ci:hunter2').toString('base64');
    expect((await (await access({ path })).identity()).headers).toEqual({ authorization: `Basic ${basic}` });
    expect(masked).toEqual(['hunter2', basic]);
  });

  it('sends no credential over plain http', async () => {
    const path = file('config', config().replace('https:', 'http:'));
    expect(await (await access({ path })).identity()).toEqual({ headers: {}, tls: {} });
  });

  it.each([
    [
      'auth-provider: {name: gcp}',
      '',
      'the user of context "staging" has an auth-provider, which Kubernetes 1.26 removed',
    ],
    ['as: admin', '', 'the user of context "staging" acts as another one ("as"), which is not read'],
    [
      'token: t',
      'proxy-url: "http://proxy:3128"',
      'the cluster of context "staging" has a proxy-url, which is not read',
    ],
  ])('is refused rather than half understood: %s %s', async (user, cluster, message) => {
    await expect(access({ path: file('config', config({ user, cluster })) })).rejects.toMatchObject({ message });
  });

  it('is not needed in a pod', async () => {
    file('account/token', 'pod-token');
    file('account/ca.crt', 'CA');
    file('account/namespace', 'runners\n');
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' };
    const found = await access({ env, serviceAccountFolder: join(home, 'account') });
    expect(found).toMatchObject({
      server: 'https://[fd00::1]:6443',
      namespace: 'runners',
      origin: 'the service account of this pod',
    });
    expect(await found.identity()).toEqual({ headers: { authorization: 'Bearer pod-token' }, tls: { ca: 'CA' } });
  });

  it('that does not exist anywhere is told with the places looked at', async () => {
    await expect(access()).rejects.toMatchObject({
      message: `there is no kubeconfig: neither KUBECONFIG nor ${join(home, '.kube', 'config')}`,
    });
    await expect(access({ env: { KUBECONFIG: '/nowhere/a' } })).rejects.toMatchObject({
      message: 'no file of KUBECONFIG exists: /nowhere/a',
    });
  });
});

describe('a credential plugin', () => {
  /** A plugin that counts its calls and answers with what it was given. */
  function plugin(more: string): string {
    const script = file(
      'bin/plugin.mjs',
      `import { readFileSync, writeFileSync, existsSync } from 'node:fs';
const calls = existsSync('${home}/calls') ? Number(readFileSync('${home}/calls', 'utf8')) + 1 : 1;
writeFileSync('${home}/calls', String(calls));
writeFileSync('${home}/info', process.env.KUBERNETES_EXEC_INFO);
${more}
console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status }));`,
    );
    return `exec: {apiVersion: client.authentication.k8s.io/v1, command: "${process.execPath}", args: ["${script}", --cluster, c1], env: [{name: ROLE, value: deployer}], provideClusterInfo: true}`;
  }

  it('gets its arguments, its environment and the cluster, and is asked again after its answer has expired', async () => {
    const expires = new Date(clock.now() + 60_000).toISOString();
    const user = plugin(
      `const status = { token: [process.env.ROLE, ...process.argv.slice(2), calls].join('-'), expirationTimestamp: '${expires}' };`,
    );
    const found = await access({
      path: file('config', config({ user, cluster: 'certificate-authority-data: Q0E=' })),
      env: process.env,
    });
    const authorization = async () => (await found.identity()).headers['authorization'];
    expect(await authorization()).toBe('Bearer deployer---cluster-c1-1');
    expect(await authorization()).toBe('Bearer deployer---cluster-c1-1');
    await clock.advance(60_000);
    expect(await authorization()).toBe('Bearer deployer---cluster-c1-2');
    found.forget();
    expect(await authorization()).toBe('Bearer deployer---cluster-c1-3');
    expect(masked).toContain('deployer---cluster-c1-1');
    const { readFileSync } = await import('node:fs');
    expect(JSON.parse(readFileSync(join(home, 'info'), 'utf8'))).toEqual({
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1',
      spec: {
        interactive: false,
        cluster: { server: 'https://staging.example:6443/', 'certificate-authority-data': 'Q0E=' },
      },
    });
  });

  it('may answer with a client certificate', async () => {
    const user = plugin(`const status = { clientCertificateData: 'CERT', clientKeyData: 'KEY' };`);
    const found = await access({ path: file('config', config({ user })), env: process.env });
    expect(await found.identity()).toEqual({ headers: {}, tls: { cert: 'CERT', key: 'KEY' } });
  });

  it('that is not installed is told with its own hint', async () => {
    const user =
      'exec: {apiVersion: client.authentication.k8s.io/v1, command: aws-not-here, installHint: install the AWS CLI}';
    const found = await access({ path: file('config', config({ user })), env: process.env });
    await expect(found.identity()).rejects.toMatchObject({
      message: "the kubeconfig's credential plugin aws-not-here is not on this machine",
      hint: 'install the AWS CLI',
    });
  });

  it('that fails is told with its last lines', async () => {
    const user = plugin(`const status = {}; console.error('Unable to locate credentials'); process.exit(253);`);
    const found = await access({ path: file('config', config({ user })), env: process.env });
    await expect(found.identity()).rejects.toMatchObject({
      message: `the credential plugin ${process.execPath} failed (exit 253): Unable to locate credentials`,
      hint: 'is the cloud login of this job done before this step, and for the right account?',
    });
  });

  it('that answers something else is told without its answer', async () => {
    const user = plugin(`const status = { tokn: 'secret-token' };`);
    const found = await access({ path: file('config', config({ user })), env: process.env });
    await expect(found.identity()).rejects.toMatchObject({
      message: `the credential plugin ${process.execPath} answered neither a token nor a client certificate`,
    });
  });
});
