import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { actionNames, buildReleaseTree, checkoutRelease, ROOT } from '@delivery-actions/release';
import {
  type DatadogStandIn,
  type GitHubApiStandIn,
  type KubernetesStandIn,
  type PagerDutyStandIn,
  type RegistryStandIn,
  type SecretsManagerStandIn,
  startDatadog,
  startGitHubApi,
  startKubernetes,
  startPagerDuty,
  startRegistry,
  startSecretsManager,
} from '@delivery-actions/stand-ins';
import type { Scenario } from '../scenarios.ts';
import { makeRepository, type ServiceRepository } from '../service.ts';
import type { Variables, WorkflowEvent } from '../workflow/index.ts';
import { ENVIRONMENTS, type EnvironmentName, REPOSITORY, SERVICE_NAME } from './names.ts';
import { processRuntime } from './processes.ts';
import { releaseImage } from './released.ts';

/** Everything outside of the workflow, on loopback: what a runner (ours or another) needs to deliver the service. */
export interface World extends AsyncDisposable {
  /** Removed with the world. */
  readonly folder: string;
  readonly repository: ServiceRepository;
  /** The checked-out release tree: what `org/actions@v1` is. */
  readonly release: string;
  readonly releaseTag: string;
  /** The actions of the release tree. */
  readonly actions: readonly string[];
  /** The scenario's fault may strike in the middle of the run. */
  onEvent(event: Pick<WorkflowEvent, 'type' | 'job'>): void;
  /** What every step sees besides what the runner itself sets. */
  readonly environment: Variables;
  /** Folders that come first on the steps' PATH. */
  readonly path: readonly string[];
  readonly vars: Variables;
  readonly secrets: Variables;
  readonly environments: Readonly<Record<EnvironmentName, { vars: Variables; secrets: Variables }>>;
  readonly registry: RegistryStandIn;
  readonly secretsManager: SecretsManagerStandIn;
  readonly cluster: KubernetesStandIn;
  readonly github: GitHubApiStandIn;
  readonly datadog: DatadogStandIn;
  readonly pagerDuty: PagerDutyStandIn;
}

export const REGION = 'eu-central-1';
export const GITHUB_TOKEN = 'ghs_rehearsal0000000000000000000000000000';
export const ACTOR = 'rehearsal';
/** Who may push and pull: the job's own token, as on ghcr.io. */
const ACCOUNT = { username: ACTOR, password: GITHUB_TOKEN };
const AUTHORIZATION = `Basic ${Buffer.from(`${ACTOR}:${GITHUB_TOKEN}`).toString('base64')}`;
/** The module that pushes images: its source, which Node 24 runs as it is. */
const PUSH_IMAGE = join(ROOT, 'packages', 'stand-ins', 'src', 'registry', 'image.ts');
const AWS_SESSION = {
  accessKeyId: 'ASIAREHEARSAL0000001',
  secretAccessKey: 'rehearsal-secret-access-key',
  sessionToken: 'rehearsal-session-token',
};

/** Starts everything. What was started is ended again, also when something after it does not start. */
export async function openWorld(scenario: Scenario, tell: (line: string) => void = () => {}): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'rehearsal-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  for (const name of ['home', 'bin', 'containers', 'orders']) await mkdir(join(folder, name));

  const { repository: actions, majorTag, tag, commit, bytes } = await buildReleaseTree();
  const release = join(folder, 'actions');
  await checkoutRelease(actions, majorTag, release);
  tell(`release tree ${tag} (${majorTag}) ${commit.slice(0, 12)}, ${Math.round(bytes / 1_000)} KB to download`);

  const repository = await makeRepository(join(folder, 'checkout-service'), await checkedInFiles(), scenario.change);
  const registry = stack.use(await startRegistry({ access: { kind: 'basic', login: ACCOUNT } }));
  const runtime = stack.use(
    processRuntime({ folder: join(folder, 'containers'), node: process.execPath, authorization: AUTHORIZATION }),
  );
  const cluster = stack.use(
    await startKubernetes({ runtime, readinessPeriod: 100, crashBackoff: 150, pullBackoff: 300 }),
  );
  const secretsManager = stack.use(await startSecretsManager());
  const github = stack.use(await startGitHubApi({ token: GITHUB_TOKEN, repository: REPOSITORY }));
  const datadog = stack.use(await startDatadog({ apiKey: 'rehearsal-datadog-api-key' }));
  const pagerDuty = stack.use(await startPagerDuty());

  const environment = {
    HOME: join(folder, 'home'),
    // What a hosted runner of the templates' runs-on says of itself.
    ImageOS: 'ubuntu24',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
    REHEARSAL_AWS_SESSION: JSON.stringify(AWS_SESSION),
    REHEARSAL_KUBECONFIG: cluster.kubeconfig(),
    REHEARSAL_ORIGIN: repository.folder,
    REHEARSAL_PUSH_IMAGE: PUSH_IMAGE,
  };
  const image = await releaseImage(registry, repository, ACCOUNT, environment, folder);
  const baseUrls = {} as Record<EnvironmentName, string>;
  for (const name of ENVIRONMENTS) {
    fillSecrets(secretsManager, name, scenario);
    for (const manifest of manifests(name, image, join(folder, 'orders', name))) cluster.apply(manifest);
    baseUrls[name] = await cluster.serviceUrl(namespaceOf(name), SERVICE_NAME);
  }
  await writeShims(join(folder, 'bin'));
  const settings = (name: EnvironmentName) => ({
    vars: {
      AWS_REGION: REGION,
      DEPLOY_ROLE: `arn:aws:iam::123456789012:role/deploy-${name}`,
      CLUSTER: 'rehearsal',
      NAMESPACE: namespaceOf(name),
      BASE_URL: baseUrls[name],
      ROLLOUT_TIMEOUT: scenario.rolloutTimeout ?? '30s',
    },
    secrets: { API_KEY: apiKeyOf(name) },
  });
  if (scenario.fault?.kind === 'telemetry-down') datadog.down = true;

  const ended = stack.move();
  return {
    folder,
    repository,
    release,
    releaseTag: majorTag,
    actions: actionNames(),
    onEvent(event) {
      if (scenario.fault?.kind !== 'image-gone' || event.type !== 'job-finished' || event.job.id !== 'build') return;
      registry.repositories.get(REPOSITORY)?.manifests.clear();
    },
    path: [join(folder, 'bin'), dirname(process.execPath)],
    environment,
    vars: { REGISTRY: registry.host, DATADOG_URL: datadog.url, PAGERDUTY_URL: pagerDuty.url },
    secrets: {
      GITHUB_TOKEN,
      DATADOG_API_KEY: 'rehearsal-datadog-api-key',
      PAGERDUTY_ROUTING_KEY: 'R0000000000000000000000000000000',
    },
    environments: { staging: settings('staging'), production: settings('production') },
    registry,
    secretsManager,
    cluster,
    github,
    datadog,
    pagerDuty,
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  };
}

/** The service's repository as a team's would be: with the starter workflow copied into it. */
async function checkedInFiles(): Promise<Record<string, string>> {
  const template = (name: string) => readFile(join(ROOT, 'workflows-templates', name), 'utf8');
  return {
    '.github/workflows/deliver.yml': await template('deliver.yml'),
    '.github/workflows/telemetry.yml': await template('telemetry.yml'),
  };
}

function namespaceOf(environment: EnvironmentName): string {
  return `checkout-${environment}`;
}

function apiKeyOf(environment: EnvironmentName): string {
  return `rehearsal-api-key-of-${environment}`;
}

function fillSecrets({ secrets }: SecretsManagerStandIn, environment: EnvironmentName, { fault }: Scenario): void {
  const region = secrets(REGION);
  for (const [key, value] of [
    ['database-url', 'rehearsal-database-url'],
    ['api-key', apiKeyOf(environment)],
  ] as const) {
    const name = `${SERVICE_NAME}/${environment}/${key}`;
    if (fault?.kind === 'secret-missing' && fault.secret === name) continue;
    const secret = region.create(name);
    region.put(secret, { SecretString: value });
    if (fault?.kind === 'secret-deleted' && fault.secret === name) {
      const asked = Date.now() - 24 * 3_600_000;
      secret.deletion = { asked, due: asked + 30 * 24 * 3_600_000 };
    }
  }
}

/** The Deployment and its Service, running the released image, as the team's infrastructure code would have made them. */
function manifests(environment: EnvironmentName, image: string, orders: string): object[] {
  const metadata = { name: SERVICE_NAME, namespace: namespaceOf(environment), labels: { app: SERVICE_NAME } };
  const env = [
    { name: 'API_KEY', value: apiKeyOf(environment) },
    { name: 'DATABASE_URL', value: pathToFileURL(orders).href },
  ];
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 2,
        progressDeadlineSeconds: 600,
        selector: { matchLabels: { app: SERVICE_NAME } },
        template: {
          metadata: { labels: { app: SERVICE_NAME } },
          spec: {
            containers: [
              { name: SERVICE_NAME, image, env, readinessProbe: { httpGet: { path: '/health/ready', port: 8080 } } },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: { app: SERVICE_NAME }, ports: [{ port: 80, targetPort: 8080 }] },
    },
  ];
}

/** `aws` always, since nothing here is AWS; `kubectl` only where there is none, since the real one is the better judge. */
async function writeShims(bin: string): Promise<void> {
  const names = ['aws', ...((await onPath('kubectl')) ? [] : ['kubectl'])];
  for (const name of names) {
    const script = fileURLToPath(new URL(`../../shims/${name}.mjs`, import.meta.url));
    await writeFile(join(bin, name), `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
    await chmod(join(bin, name), 0o755);
  }
}

async function onPath(program: string): Promise<boolean> {
  const found = await Promise.all(
    (process.env.PATH ?? '').split(delimiter).map((folder) =>
      readFile(join(folder, program)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
