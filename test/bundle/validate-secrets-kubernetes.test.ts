import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type KubernetesOptions,
  type KubernetesStandIn,
  listen,
  sendJson,
  startKubernetes,
} from '@delivery-actions/stand-ins';
import { type BundleResult, runBundle } from '@delivery-actions/testkit';
import { afterEach, describe, expect, it } from 'vitest';

let kubernetes: KubernetesStandIn | undefined;
afterEach(async () => {
  await kubernetes?.close();
  kubernetes = undefined;
});

async function cluster(options: KubernetesOptions = {}): Promise<KubernetesStandIn> {
  kubernetes = await startKubernetes({ controllers: false, namespaces: ['payments'], ...options });
  return kubernetes;
}

function secret(name: string, values: Record<string, string>, metadata: object = {}, namespace = 'payments'): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, ...metadata }, stringData: values };
}

/** Two writes: what the first one wrote is then in no entry of the managed fields. */
function applyUntracked(name: string, values: Record<string, string>): void {
  kubernetes?.apply(secret(name, values));
  kubernetes?.apply(secret(name, values, { managedFields: [{}] }));
}

function check(
  lines: readonly string[],
  {
    namespace,
    ...circumstances
  }: { namespace?: string; inputs?: Record<string, string>; files?: Record<string, string> } = {},
): Promise<BundleResult> {
  const { inputs = {}, files = {} } = circumstances;
  const kubeconfig = join(mkdtempSync(join(tmpdir(), 'kubeconfig-')), 'config');
  writeFileSync(kubeconfig, kubernetes?.kubeconfig(namespace) ?? '');
  return runBundle('validate-secrets', {
    inputs: { secrets: lines.join('\n'), ...inputs },
    env: { KUBECONFIG: kubeconfig },
    files,
  });
}

/** What was asked of the API server, and which of it had the values in its answer. */
function asked(): readonly string[] {
  return (kubernetes?.requests ?? []).map((request) => request.replace('/api/v1/namespaces/', ''));
}

describe('validate-secrets, Secrets of Kubernetes', () => {
  it('are there, by namespace or in that of the context, and no value is read', async () => {
    const { apply, contentsSent } = await cluster();
    apply(secret('checkout-secrets', { 'database-url': 'postgres://u:correct-horse@db/x' }));
    apply(secret('mail.relay', { password: 'battery-staple' }, {}, 'shop'));
    const result = await check(['k8s:payments/checkout-secrets#database-url', 'k8s:mail.relay'], { namespace: 'shop' });
    expect(result.exitCode).toBe(0);
    expect(result.lines.slice(1)).toEqual([
      'k8s:mail.relay                 [EXISTS]',
      'k8s:payments/checkout-secrets  [EXISTS]',
      '2/2 secrets are usable',
    ]);
    expect(result.lines[0]).toBe('Asking Kubernetes about 2 secrets');
    expect(contentsSent).toEqual([]);
    expect(asked()).toHaveLength(2);
    expect(JSON.parse(result.outputs['report'] ?? '').rows[1]).toMatchObject({
      store: 'k8s',
      kind: 'secret',
      namespace: 'payments',
      name: 'checkout-secrets',
      keys: ['database-url'],
      cluster: 'context "stand-in"',
    });
  });

  it('S06 all that are missing are told, with the one that was meant', async () => {
    const { apply } = await cluster();
    apply(secret('checkout-secrets', { a: 'b' }));
    apply(secret('mail-relay', { a: 'b' }, {}, 'shop'));
    const result = await check(['k8s:payments/checkout-secret#api-key', 'k8s:payments/mail-relay', 'k8s:paymentz/x ?']);
    expect(result.exitCode).toBe(1);
    expect(result.outputs['missing']).toBe('k8s:payments/checkout-secret\nk8s:payments/mail-relay\nk8s:paymentz/x');
    expect(result.annotations.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'error: k8s:payments/checkout-secret is MISSING: there is no Secret checkout-secret in namespace payments of context "stand-in".\n' +
        'Next: did you mean k8s:payments/checkout-secrets, which is there?\nIf not:\n' +
        'kubectl create secret generic checkout-secret -n payments --from-file=api-key=./api-key.txt',
      'error: k8s:payments/mail-relay is MISSING: there is no Secret mail-relay in namespace payments of context "stand-in".\n' +
        'Next: did you mean k8s:shop/mail-relay, which is there?\nIf not:\n' +
        'kubectl create secret generic mail-relay -n payments --from-file=KEY=./KEY.txt',
      'warning: k8s:paymentz/x is MISSING: context "stand-in" has no namespace paymentz.\n' +
        'Next: did you mean k8s:payments/x?\nkubectl get namespaces',
    ]);
    expect(kubernetes?.contentsSent).toEqual([]);
  });

  it('S06 when none of them is there, nor anything alike, the cluster is suspected', async () => {
    await cluster();
    const { annotations } = await check(['k8s:payments/checkout-secrets', 'k8s:payments/mail-relay']);
    expect(annotations.at(-1)?.message).toBe(
      'Not one of the 2 secrets is in the cluster of context "stand-in": is that the right one?\n' +
        'Next: kubectl config current-context; kubectl cluster-info',
    );
  });

  it('S01 one that is being deleted is DELETING, and says what holds it', async () => {
    const { apply, ...standIn } = await cluster();
    apply(secret('checkout-secrets', { a: 'b' }, { finalizers: ['example.com/backup'] }));
    standIn.delete('secrets', 'payments', 'checkout-secrets');
    const result = await check(['k8s:payments/checkout-secrets#a']);
    expect(result.exitCode).toBe(1);
    expect(result.lines).toContain('k8s:payments/checkout-secrets  [DELETING]');
    expect(result.annotations[0]?.message).toMatch(
      /is DELETING: it still answers, but its deletion was asked for at \S+Z, and is held only by example\.com\/backup\.\nNext: .*kubectl wait --for=delete secret\/checkout-secrets -n payments/s,
    );
  });

  it('S02 one that never had a key has NO-VALUE, without a look at its values', async () => {
    const { apply } = await cluster();
    apply(secret('empty', {}));
    const result = await check(['k8s:payments/empty']);
    expect(result.exitCode).toBe(1);
    expect(result.lines).toContain('k8s:payments/empty  [NO-VALUE]');
    expect(result.annotations[0]?.message).toMatch(
      /^k8s:payments\/empty has NO-VALUE: the Secret is there, but has not one key\./,
    );
    expect(kubernetes?.contentsSent).toEqual([]);
  });

  it('S05 forbidden is DENIED-OR-MISSING, with one Role for exactly what this run asks', async () => {
    const { apply, deny } = await cluster();
    apply(secret('a', { a: 'b' }));
    apply(secret('c', { a: 'b' }));
    deny({ verb: 'get', resource: 'secrets', name: 'a' }, { verb: 'get', resource: 'secrets', name: 'b' });
    deny({ verb: 'list', resource: 'secrets' });
    const result = await check(['k8s:payments/a', 'k8s:payments/b', 'k8s:payments/c']);
    expect(result.exitCode).toBe(1);
    expect(result.lines.slice(1)).toEqual([
      'k8s:payments/a  [DENIED-OR-MISSING]',
      'k8s:payments/b  [DENIED-OR-MISSING]',
      'k8s:payments/c  [EXISTS]',
      '1/3 secrets are usable; 2 are not',
    ]);
    expect(result.annotations.map(({ message }) => message)).toEqual([
      [
        '"developer" may not get secrets in namespace payments, so k8s:payments/a, k8s:payments/b could not be looked at. The API server gives the same answer for a missing one and for a forbidden one.',
        'Next: allow exactly this:',
        'apiVersion: rbac.authorization.k8s.io/v1',
        'kind: Role',
        'metadata: {name: validate-secrets, namespace: payments}',
        'rules:',
        '- apiGroups: [""]',
        '  resources: ["secrets"]',
        '  resourceNames: ["a", "b", "c"]',
        '  verbs: ["get"]',
        '---',
        'apiVersion: rbac.authorization.k8s.io/v1',
        'kind: RoleBinding',
        'metadata: {name: validate-secrets, namespace: payments}',
        'roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: validate-secrets}',
        'subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: "developer"}]',
        'and ask as that account:',
        'kubectl auth can-i get secrets/a -n payments',
        'kubectl auth can-i get secrets/b -n payments',
      ].join('\n'),
    ]);
  });

  it('S05 a list that is allowed settles whether a forbidden one is there', async () => {
    const { apply, deny } = await cluster();
    apply(secret('there', { a: 'b' }));
    deny({ verb: 'get', resource: 'secrets' });
    const result = await check(['k8s:payments/there', 'k8s:payments/not-there']);
    expect(result.lines.slice(1)).toEqual([
      'k8s:payments/not-there  [MISSING]',
      'k8s:payments/there      [DENIED]',
      '0/2 secrets are usable; 2 are not',
    ]);
    expect(result.annotations[0]?.message).toContain(
      'Getting it is denied, and it is not among the names there either.',
    );
    expect(result.annotations[1]?.message).toContain('It is there: a list has the name.');
  });

  it('S12 reads the values only when the managed fields do not tell, and shows none', async () => {
    await cluster();
    applyUntracked('old', { 'api-key': 'correct-horse-battery', empty: '', PASSWORD: 'staple-of-the-horse' });
    const result = await check(['k8s:payments/old#api-key,empty,password,absent']);
    expect(result.exitCode).toBe(1);
    expect(result.lines[1]).toBe('k8s:payments/old  [KEY-MISSING]');
    expect(result.annotations[0]?.message).toBe(
      'k8s:payments/old is KEY-MISSING: it has no keys password, absent, and its key empty is empty.\n' +
        'Next: did you mean PASSWORD for password?\n' +
        'kubectl create secret generic old -n payments --from-file=password=./password.txt --from-file=absent=./absent.txt --from-file=empty=./empty.txt --dry-run=client -o yaml | kubectl apply --server-side --force-conflicts -f -',
    );
    expect(kubernetes?.contentsSent).toEqual(['secrets/payments/old']);
    expect(result.log + JSON.stringify(result)).not.toMatch(/horse|battery|Y29ycmVjdC1ob3JzZ/);
  });

  it('a key with nothing behind it is EMPTY when the values are read', async () => {
    await cluster();
    applyUntracked('old', { 'api-key': ' ' });
    const result = await check(['k8s:payments/old#api-key']);
    expect(result.lines[1]).toBe('k8s:payments/old  [EMPTY]');
  });

  it('S11 a placeholder is found where the manifest asks for it, and the finding is on its line', async () => {
    const { apply } = await cluster();
    apply(secret('checkout-secrets', { 'api-key': 'changeme', other: 'a real one' }));
    const files = {
      'secrets.yml':
        'environments:\n  e:\n    - secret: k8s:payments/checkout-secrets#api-key\n      policy: {not-placeholder: true}\n',
    };
    const result = await check([], { inputs: { manifest: 'secrets.yml', environment: 'e' }, files });
    expect(result.exitCode).toBe(1);
    expect(result.lines[1]).toBe('k8s:payments/checkout-secrets  [PLACEHOLDER]');
    expect(result.annotations).toMatchObject([{ file: 'secrets.yml', line: 3, title: 'Value is a placeholder' }]);
    expect(result.log).not.toContain('a real one');
    expect(result.annotations[0]?.message).toContain('\nNext: put the real one:\nkubectl create secret generic ');
  });

  it('S22 a credential that is refused is one root cause for all', async () => {
    const { rotateToken, kubeconfig } = await cluster();
    rotateToken('another-token');
    expect(kubeconfig()).not.toContain('another-token');
    const result = await check(['k8s:a', 'k8s:b', 'k8s:payments/c ?']);
    expect(result.exitCode).toBe(1);
    expect(result.lines.at(-1)).toBe('0/3 secrets are usable; 3 could not be checked');
    expect(result.annotations).toHaveLength(1);
    expect(result.annotations[0]?.message).toMatch(
      /^The API server does not accept the credential \(401\) for .*, so 3 secrets could not be checked\.\nNext: .*kubectl auth whoami/,
    );
  });

  it.each([403, 404])('a gateway that says %i makes no Secret missing or forbidden', async (status) => {
    await using gateway = await listen(({ response }) => sendJson(response, status, { message: 'no Route matched' }));
    const kubeconfig = join(mkdtempSync(join(tmpdir(), 'kubeconfig-')), 'config');
    writeFileSync(kubeconfig, (await cluster()).kubeconfig().replace(/server: .*/, `server: ${gateway.url}`));
    const inputs = { secrets: 'k8s:payments/a ?\nexternal-secret:payments/b ?' };
    const result = await runBundle('validate-secrets', { inputs, env: { KUBECONFIG: kubeconfig } });
    expect(result.exitCode).toBe(1);
    expect(result.lines.at(-1)).toBe('0/2 secrets are usable; 2 could not be checked');
    expect(result.annotations.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^Something answered \d+ for .*, but not in the words of an API server, so 2 secrets could not be checked\./,
      ),
    ]);
  });

  it.each([
    ['', /^.* is not a kubeconfig: it holds no map, so 2 secrets/],
    ['a:\n\t- b', /^.*, line 2: not valid YAML/],
  ])('S22 a kubeconfig of %j is one root cause, with the step that makes one', async (text, message) => {
    const kubeconfig = join(mkdtempSync(join(tmpdir(), 'kubeconfig-')), 'config');
    writeFileSync(kubeconfig, text);
    const inputs = { secrets: 'k8s:payments/a\nk8s:payments/b' };
    const { annotations } = await runBundle('validate-secrets', { inputs, env: { KUBECONFIG: kubeconfig } });
    expect(annotations.map((each) => each.message)).toEqual([expect.stringMatching(message)]);
    expect(annotations[0]?.message).toContain('Next: log in to the cluster in an earlier step, such as aws eks');
  });

  it('S22 no kubeconfig is one root cause for all, as wait-rollout tells it', async () => {
    const result = await runBundle('validate-secrets', { inputs: { secrets: 'k8s:payments/a\nexternal-secret:b/c' } });
    expect(result.exitCode).toBe(1);
    expect(result.lines.slice(1)).toEqual([
      'external-secret:b/c  [UNREACHABLE]',
      'k8s:payments/a       [UNREACHABLE]',
      '0/2 secrets are usable; 2 could not be checked',
    ]);
    expect(result.annotations[0]?.message).toMatch(
      /^There is no kubeconfig: neither KUBECONFIG nor .*, so 2 secrets could not be checked\.\nNext: log in to the cluster/,
    );
  });

  it('S07 a server that is busy is asked again, when it says', async () => {
    const { apply, throttle } = await cluster();
    apply(secret('a', { a: 'b' }));
    throttle(2, 0, /secrets/);
    const result = await check(['k8s:payments/a']);
    expect(result.exitCode).toBe(0);
    expect(asked()).toHaveLength(3);
  });

  it('an API server that does not answer is told when the time is up, and a cancelled job ends at once', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const text = `current-context: c\nclusters: [{name: c, cluster: {server: "http://127.0.0.1:${port}"}}]\ncontexts: [{name: c, context: {cluster: c, user: u}}]\nusers: [{name: u, user: {}}]\n`;
    const env = { KUBECONFIG: join(mkdtempSync(join(tmpdir(), 'kubeconfig-')), 'config') };
    writeFileSync(env.KUBECONFIG, text);
    const secrets = 'k8s:payments/a\nexternal-secret:payments/b';
    const late = await runBundle('validate-secrets', { inputs: { secrets, timeout: '300ms' }, env });
    const cancel = { when: 'Asking Kubernetes', signal: 'SIGTERM' } as const;
    const cancelled = await runBundle('validate-secrets', { inputs: { secrets }, env, cancel });
    silent.closeAllConnections();
    silent.close();
    expect(late.exitCode).toBe(1);
    expect(late.annotations.map(({ message }) => message)).toEqual([
      'The time was up before the API server answered, so 2 secrets could not be checked.\nNext: can the runner reach it (private endpoint, VPN, firewall)? If it is only slow, raise the input "timeout"',
    ]);
    expect(cancelled.exitCode).toBe(1);
    expect(cancelled.lines).toEqual([
      'Asking Kubernetes about 2 secrets',
      'Cancelled (SIGTERM): connections closed, nothing half-written.',
    ]);
  });

  it.each([
    ['k8s:a/b/c', /does not name a namespace and an object in it/],
    ['k8s:payments/', /does not name a namespace and an object in it/],
    ['k8s:payments/Checkout_Secrets', /has the name "Checkout_Secrets", which no object can have/],
    ['external-secret:pay.ments/a', /has the namespace "pay\.ments", which no namespace can be called/],
  ])('refuses %s', async (line, message) => {
    await cluster();
    const result = await check([line]);
    expect(result.exitCode).toBe(1);
    expect(result.annotations).toMatchObject([{ message: expect.stringMatching(message) }]);
    expect(asked()).toEqual([]);
  });
});
