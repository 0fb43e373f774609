import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type SecretsManagerBehaviour,
  type StoredSecret,
  startGoogleSecretManager,
  startKubernetes,
  startSecretsManager,
  startVault,
} from '@delivery-actions/stand-ins';
import { type Circumstances, runBundle } from '@delivery-actions/testkit';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

/** The stand-ins that the rows of validate-secrets are reproduced against, and what is looked at of each run. */

export const DAY = 86_400_000;
export const NOW = Date.now();
export const KEY = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'a-secret-key' };
export const P = 'projects/p/secrets';

async function startAll() {
  return {
    aws: await startSecretsManager({ accessKeys: { [KEY.accessKeyId]: KEY } }),
    vault: await startVault({}),
    google: await startGoogleSecretManager({ accessTokens: ['ya29.a-token'] }),
    kubernetes: await startKubernetes({ controllers: false, namespaces: ['pay'], externalSecrets: ['v1'] }),
  };
}
export let all: Awaited<ReturnType<typeof startAll>>;
let kubeconfig: string;
beforeAll(async () => {
  all = await startAll();
  kubeconfig = join(mkdtempSync(join(tmpdir(), 'kubeconfig-')), 'config');
  writeFileSync(kubeconfig, all.kubernetes.kubeconfig('pay'));
  await vault('POST', 'sys/mounts/kv', { type: 'kv', options: { version: '2' } });
});
afterEach(() => {
  const usual: SecretsManagerBehaviour = { accessKeys: { [KEY.accessKeyId]: KEY }, throttledFirst: 0 };
  Object.assign(all.aws.behaviour, { allow: undefined, denyByResource: [] }, usual);
});
afterAll(async () => {
  for (const each of Object.values(all)) await each.close();
});

export function make(
  name: string,
  value = 'v-4711-abcdef',
  { region = 'eu-west-1', ...more }: { region?: string } & Partial<StoredSecret> = {},
) {
  const secrets = all.aws.secrets(region);
  const secret = secrets.create(name);
  if (value !== '') secrets.put(secret, { SecretString: value });
  return Object.assign(secret, more);
}

/** One whose value was put that many days ago. */
export function makeOld(name: string, days: number, more: Partial<StoredSecret> = {}) {
  const secret = make(name, 'v-4711-abcdef', more);
  for (const [id, version] of secret.versions) secret.versions.set(id, { ...version, created: NOW - days * DAY });
  return secret;
}

export async function vault(method: string, path: string, body: object): Promise<void> {
  const headers = { 'x-vault-token': 'root' };
  await fetch(`${all.vault.url}/v1/${path}`, { method, headers, body: JSON.stringify(body) });
}

export function google(name: string, to: object): void {
  Object.assign(all.google.put(`${P}/${name}`, 'v').versions.at(-1) ?? {}, to);
}

export function externalSecret(name: string, status?: object): void {
  const metadata = { name, namespace: 'pay' };
  const object = { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', metadata, spec: {} };
  all.kubernetes.apply(object);
  if (status !== undefined) all.kubernetes.writeStatus({ ...object, status });
}

export interface Row {
  readonly given?: () => unknown;
  /** Lines of the input; with a policy, those of a manifest. */
  readonly lines: readonly string[];
  readonly policy?: string;
  readonly step?: Circumstances;
  readonly exit: 0 | 1;
  /** `VERDICT id` of each row, in the order of the report. */
  readonly verdicts: readonly string[];
  /** `level: beginning` of each message, with the next step where it matters. */
  readonly says: readonly (string | RegExp)[];
  readonly warnings?: number;
}

export function throttled(): void {
  all.aws.behaviour.throttledFirst = 2;
}

/** Reproduces the row, and looks at exit code, lines of the log, annotations, job summary and outputs. */
export async function expectRow({
  given,
  lines,
  policy,
  step = {},
  exit,
  verdicts,
  says,
  warnings = 0,
}: Row): Promise<void> {
  await given?.();
  const entries = lines.map((line) => `    - { secret: "${line}", policy: ${policy} }\n`);
  const result = await runBundle('validate-secrets', {
    ...step,
    files: { 'secrets.yml': `environments:\n  staging:\n${entries.join('')}` },
    inputs: {
      endpoints: `gcp=${all.google.url}`,
      ...(policy === undefined ? { secrets: lines.join('\n') } : { manifest: 'secrets.yml', environment: 'staging' }),
    },
    env: {
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: all.aws.url,
      AWS_ACCESS_KEY_ID: KEY.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
      VAULT_ADDR: all.vault.url,
      VAULT_TOKEN: 'root',
      CLOUDSDK_AUTH_ACCESS_TOKEN: 'ya29.a-token',
      KUBECONFIG: kubeconfig,
      ...step.env,
    },
  });

  expect(result.exitCode).toBe(exit);
  const told = verdicts.map((each) => each.split(' ') as [string, string]);
  const ids = told.map(([, id]) => id);
  const logged = result.lines.slice(-1 - told.length, -1).map((line) => line.split(/\s+/).slice(0, 2));
  expect(logged).toEqual(told.map(([verdict, id]) => [id, `[${verdict}]`]));
  expect(result.annotations.map(({ level, message }) => `${level}: ${message}`)).toEqual(
    says.map((text) => (typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text))),
  );
  // On the manifest's line, where one lists it.
  if (policy !== undefined)
    for (const { file, line } of result.annotations) expect([file, line]).toEqual(['secrets.yml', 3]);
  for (const [verdict, id] of told) expect(result.summary).toContain(`| ${escaped(id)} | \\[${verdict}\\] |`);
  for (const { message, title } of result.annotations)
    if (!title?.startsWith('Input')) expect(result.summary).toContain(escaped(message.split('\n')[0] ?? ''));
  expect(result.outputs).toMatchObject({
    'checked-count': String(ids.length),
    'failed-count': String(exit === 0 ? 0 : ids.length),
    'warning-count': String(warnings),
    missing: told.flatMap(([verdict, id]) => (/^(?:MISSING|EMPTY)$/.test(verdict) ? id : [])).join('\n'),
  });
  expect(JSON.parse(result.outputs['report'] ?? '')).toMatchObject({
    passed: exit === 0,
    rows: told.map(([verdict, id]) => ({ id, verdict })),
  });
  expect(result.log + result.summary + result.outputs['report']).not.toMatch(/correct-horse|battery-staple/);
}

function escaped(text: string): string {
  return text.replace(/[\\`*_[\]|~]/g, '\\$&');
}
