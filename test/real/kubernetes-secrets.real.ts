import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Recorded, runMain } from '@delivery-actions/testkit';
import { main } from '../../actions/validate-secrets/src/main.ts';
import { type Cluster, controlPlane, kubectl, standIn } from './clusters.ts';
import { controlPlaneFolder } from './installed.ts';

export const name =
  'validate-secrets comes to the same verdicts on Secrets and ExternalSecrets of a real control plane';

interface Scenario {
  readonly title: string;
  readonly before: (cluster: Cluster) => Promise<unknown>;
  readonly line: string;
  readonly verdict: string;
  readonly says?: RegExp;
  /** Requests to the API server: a second one for a Secret is the one that reads it. */
  readonly requests?: number;
}

const VALUE = 'correct-horse-battery-staple';

/** From a manifest: what kubectl makes itself it sends as protobuf, which the stand-in does not read. */
function create(name: string, ...keys: readonly string[]) {
  const stringData = Object.fromEntries(keys.map((key) => [key, VALUE]));
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData };
  return (cluster: Cluster) => kubectl(cluster, ['create', '-f', '-'], secret);
}

function patch(what: readonly string[], change: object) {
  return (cluster: Cluster) => kubectl(cluster, ['patch', ...what, '--type=merge', '-p', JSON.stringify(change)]);
}

async function all(cluster: Cluster, ...steps: readonly ((cluster: Cluster) => Promise<unknown>)[]): Promise<void> {
  for (const step of steps) await step(cluster);
}

const seconds = (moment: number) => new Date(moment).toISOString().replace(/\.\d+Z$/, 'Z');

/** Written with the status as its operator would leave it, and `target` as the Secret that it writes. */
function external(name: string, status?: object, { spec = {}, version = 'v1' } = {}) {
  return async (cluster: Cluster) => {
    await kubectl(cluster, ['create', '-f', '-'], {
      apiVersion: `external-secrets.io/${version}`,
      kind: 'ExternalSecret',
      metadata: { name },
      spec: { refreshInterval: '1h0m0s', target: { name: 'target' }, ...spec },
    });
    if (status !== undefined) await patch(['externalsecret', name, '--subresource=status'], { status })(cluster);
  };
}

const ready = (refreshed: number, condition: object = {}) => ({
  refreshTime: seconds(refreshed),
  syncedResourceVersion: '1-0a1b2c',
  conditions: [
    {
      type: 'Ready',
      status: 'True',
      reason: 'SecretSynced',
      message: 'secret synced',
      lastTransitionTime: '2026-11-20T08:00:00Z',
      ...condition,
    },
  ],
});

const HOUR = 3_600_000;

const SCENARIOS: readonly Scenario[] = [
  {
    title: 'a Secret with its keys',
    before: create('target', 'database-url', 'api.key'),
    line: 'k8s:target#database-url,api.key',
    verdict: 'EXISTS',
    requests: 1,
  },
  {
    title: 'one that is missing',
    before: async () => {},
    line: 'k8s:tarket',
    verdict: 'MISSING',
    says: /did you mean k8s:judged\/target, which is there\?/,
  },
  {
    title: 'one in another namespace',
    before: async (cluster) => {
      const metadata = { name: 'elsewhere' };
      await kubectl(cluster, ['create', '-f', '-'], { apiVersion: 'v1', kind: 'Namespace', metadata });
      await create('mail-relay')({ ...cluster, namespace: 'elsewhere' });
    },
    line: 'k8s:mail-relay',
    verdict: 'MISSING',
    says: /did you mean k8s:elsewhere\/mail-relay, which is there\?/,
  },
  {
    title: 'one of a namespace that is not there',
    before: async () => {},
    line: 'k8s:judge/target',
    verdict: 'MISSING',
    says: /has no namespace judge\..*did you mean k8s:judged\/target\?/s,
  },
  {
    title: 'S02 one that never had a key',
    before: create('empty'),
    line: 'k8s:empty',
    verdict: 'NO-VALUE',
    requests: 1,
  },
  {
    title: 'S12 one without the key that is asked for',
    before: create('keys', 'Password'),
    line: 'k8s:keys#password',
    verdict: 'KEY-MISSING',
    says: /did you mean Password for password\?/,
  },
  {
    title: 'one whose key was taken away by another manager',
    before: (cluster) =>
      all(cluster, create('taken', 'a', 'b'), (each) =>
        kubectl(each, [
          'patch',
          'secret',
          'taken',
          '--type=merge',
          '--field-manager=other',
          '-p',
          '{"data":{"a":null}}',
        ]),
      ),
    line: 'k8s:taken#a,b',
    verdict: 'KEY-MISSING',
    says: /it has no key a\./,
  },
  {
    title: 'one of which the managed fields say nothing',
    before: (cluster) =>
      all(cluster, create('untracked', 'a'), patch(['secret', 'untracked'], { metadata: { managedFields: [{}] } })),
    line: 'k8s:untracked#a',
    verdict: 'EXISTS',
    requests: 2,
  },
  {
    title: 'S01 one that only a finalizer holds',
    before: (cluster) =>
      all(
        cluster,
        create('held', 'a'),
        patch(['secret', 'held'], { metadata: { finalizers: ['example.com/backup'] } }),
        (each) => kubectl(each, ['delete', 'secret', 'held', '--wait=false']),
      ),
    line: 'k8s:held',
    verdict: 'DELETING',
    says: /held only by example\.com\/backup/,
  },
  {
    title: 'an ExternalSecret that is Ready and fresh',
    before: external('fresh', ready(Date.now())),
    line: 'external-secret:fresh#database-url',
    verdict: 'EXISTS',
  },
  {
    title: 'S14 an ExternalSecret without a status',
    before: external('new'),
    line: 'external-secret:new',
    verdict: 'NOT-SYNCED',
    says: /it has no status/,
  },
  {
    title: 'S15 an ExternalSecret whose store has failed since',
    before: external(
      'failed',
      ready(Date.now(), { status: 'False', reason: 'SecretSyncedError', message: 'no such key' }),
    ),
    line: 'external-secret:failed',
    verdict: 'NOT-SYNCED',
    says: /SecretSyncedError: no such key \(since 2026-11-20T08:00:00Z\)/,
  },
  {
    title: 'an ExternalSecret that is stale',
    before: external('stale', ready(Date.now() - 2 * HOUR)),
    line: 'external-secret:stale',
    verdict: 'NOT-SYNCED',
    says: /stale: it is to be refreshed every 1h0m0s/,
  },
  {
    title: 'an ExternalSecret whose spec was changed after it',
    before: (cluster) =>
      all(
        cluster,
        external('changed', ready(Date.now())),
        patch(['externalsecret', 'changed'], { spec: { refreshInterval: '2h0m0s' } }),
      ),
    line: 'external-secret:changed',
    verdict: 'NOT-SYNCED',
    says: /its spec was changed after what was synced/,
  },
  {
    title: 'an ExternalSecret without its Secret',
    before: external('lone', ready(Date.now()), { spec: { target: { name: 'gone' } } }),
    line: 'external-secret:lone',
    verdict: 'NOT-SYNCED',
    says: /the Secret gone that it writes is not there/,
  },
  {
    title: 'an ExternalSecret that is missing',
    before: async () => {},
    line: 'external-secret:fresch',
    verdict: 'MISSING',
    says: /did you mean external-secret:judged\/fresh, which is there\?/,
  },
];

export async function run(): Promise<'passed' | { skipped: string }> {
  if (spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status !== 0)
    return { skipped: 'kubectl is not on the PATH: https://kubernetes.io/docs/tasks/tools' };
  const real = controlPlaneFolder();
  if (typeof real !== 'string') console.log(`  SKIPPED: ${real.skipped}`);
  for (const open of [standIn, ...(typeof real === 'string' ? [() => controlPlane(real)] : [])]) {
    const cluster = await open();
    try {
      const context = ['config', 'set-context', '--current', `--namespace=${cluster.namespace}`];
      spawnSync('kubectl', ['--kubeconfig', cluster.kubeconfig, ...context]);
      if (cluster.name === 'control plane') await withoutOperator(cluster);
      for (const scenario of SCENARIOS) await judge(cluster, scenario);
      if (cluster.name === 'control plane') await withRole(cluster);
    } finally {
      await cluster.close();
    }
  }
  return 'passed';
}

async function judge(cluster: Cluster, { title, before, line, verdict, says, requests }: Scenario): Promise<void> {
  await before(cluster);
  const recorded = await validate(cluster.kubeconfig, line);
  const said = [...recorded.lines, ...recorded.annotations.map(({ message, hint }) => `${message}\n${hint}`)].join(
    '\n',
  );
  const row = JSON.parse(recorded.outputs['report'] ?? '{}').rows?.[0];
  if (row?.verdict !== verdict || (says !== undefined && !says.test(said)))
    throw new Error(`${cluster.name}: ${title}: ${row?.verdict}, expected ${verdict} and ${says}:\n${said}`);
  const asked = recorded.debug.filter((each) => each.startsWith('GET '));
  if (requests !== undefined && asked.length !== requests)
    throw new Error(`${cluster.name}: ${title}: expected ${requests} requests:\n${asked.join('\n')}`);
  const seen = JSON.stringify(recorded);
  for (const form of [VALUE, Buffer.from(VALUE).toString('base64')])
    if (seen.includes(form)) throw new Error(`${cluster.name}: ${title}: a value was printed`);
  console.log(`  ${cluster.name}: ${title}: ${verdict}`);
}

/** A new control plane has no such kind; then it gets one with no more of a schema than is read. */
async function withoutOperator(cluster: Cluster): Promise<void> {
  await judge(cluster, {
    title: 'a cluster without the operator',
    before: async () => {},
    line: 'external-secret:fresh',
    verdict: 'MISSING',
    says: /external-secrets\.io is not installed in it/,
  });
  const version = (name: string, storage: boolean) => ({
    name,
    served: true,
    storage,
    subresources: { status: {} },
    schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
  });
  await kubectl(cluster, ['apply', '-f', '-'], {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'externalsecrets.external-secrets.io' },
    spec: {
      group: 'external-secrets.io',
      scope: 'Namespaced',
      names: { plural: 'externalsecrets', singular: 'externalsecret', kind: 'ExternalSecret', shortNames: ['es'] },
      versions: [version('v1', true), version('v1beta1', false)],
    },
  });
  await kubectl(cluster, ['wait', '--for=condition=Established', 'crd/externalsecrets.external-secrets.io']);
}

/** The account that nothing is allowed gets the Role of our own report, and nothing more: then it has all its verdicts. */
async function withRole(cluster: Cluster): Promise<void> {
  const kubeconfig = join(dirname(cluster.kubeconfig), 'limited.kubeconfig');
  if (!existsSync(kubeconfig)) throw new Error(`there is no ${kubeconfig}`);
  const lines = ['k8s:judged/target#database-url', 'k8s:judged/absent', 'external-secret:judged/fresh#database-url'];
  const verdicts = async () => {
    const recorded = await validate(kubeconfig, lines.join('\n'));
    const { rows } = JSON.parse(recorded.outputs['report'] ?? '{"rows":[]}');
    return { recorded, verdicts: rows.map(({ verdict }: { verdict: string }) => verdict).join(' ') };
  };
  const denied = await verdicts();
  expectText('without a Role', denied.verdicts, 'DENIED-OR-MISSING DENIED-OR-MISSING DENIED-OR-MISSING');
  const [, role] = /^allow exactly this:\n(.*)\nand ask/s.exec(denied.recorded.annotations[0]?.hint ?? '') ?? [];
  await kubectl(cluster, ['apply', '-f', '-'], role ?? 'there is no Role in the report');
  expectText('with the Role', (await verdicts()).verdicts, 'EXISTS MISSING EXISTS');
  console.log('  control plane: the Role of the report is enough, and tells a missing one from a forbidden one');
}

function expectText(what: string, actual: string, wanted: string): void {
  if (actual !== wanted) throw new Error(`${what}: ${actual}, expected ${wanted}`);
}

function validate(kubeconfig: string, secrets: string): Promise<Recorded> {
  const env = { KUBECONFIG: kubeconfig, PATH: process.env.PATH ?? '' };
  return runMain('validate-secrets', (run) => main(run), { inputs: { secrets }, env });
}
