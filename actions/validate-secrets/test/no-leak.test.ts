import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type KubernetesStandIn,
  type SecretsManagerStandIn,
  startKubernetes,
  startSecretsManager,
} from '@delivery-actions/stand-ins';
import { runMain } from '@delivery-actions/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { main } from '../src/main.ts';

let standIn: SecretsManagerStandIn;
let kubernetes: KubernetesStandIn;
let kubeconfig: string;

beforeAll(async () => {
  standIn = await startSecretsManager();
  kubernetes = await startKubernetes({ controllers: false, tls: false });
  kubeconfig = join(mkdtempSync(join(tmpdir(), 'kubeconfig-')), 'config');
  writeFileSync(kubeconfig, kubernetes.kubeconfig());
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', standIn.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a-secret-key');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await standIn.close();
  await kubernetes.close();
});

const name = fc.stringMatching(/^[a-z]{1,5}(\/[a-z]{1,5}){0,2}$/);
/** Nothing that the log could hold by accident, in the shapes that values have. */
const token = fc.oneof(
  fc.uuid(),
  fc.base64String({ minLength: 12 }),
  fc.stringMatching(/^[A-Za-z0-9!$%^&_+=?]{12,40}$/),
);
const shape = fc.constantFrom(
  (token: string) => token,
  (token: string) => JSON.stringify({ username: 'checkout', password: token }),
  (token: string) => `-----BEGIN PRIVATE KEY-----\n${token}\n-----END PRIVATE KEY-----\n`,
  (token: string) => `postgres://checkout:${token}@db.internal/orders`,
);
const state = fc.constantFrom('usable', 'deleting', 'not-current', 'denied', 'denied-by-resource', 'unreadable');
/** Keys that are asked for: of a value with them, without them, and none, so that the value is not read. */
const keys = fc.constantFrom('', '#password', '#password,missing', '#Password');
const kept = fc.constantFrom('aws', 'env', 'k8s');
const secrets = fc.uniqueArray(fc.record({ name, token, shape, state, keys, kept }), {
  selector: (secret) => secret.name,
  minLength: 1,
  maxLength: 5,
});

const PIECE = 8;

it('no run prints a piece of a value, whatever the secrets and their state are', async () => {
  await fc.assert(
    fc.asyncProperty(secrets, fc.nat(), fc.boolean(), async (made, region, listed) => {
      // Every run has a region to itself, so that none sees the secrets of another.
      const where = `eu-west-${region + 1}`;
      const store = standIn.secrets(where);
      for (const { name, token, shape, state } of made) {
        const secret = store.create(name, 'a description');
        store.put(secret, { SecretString: shape(token) });
        if (state === 'deleting') secret.deletion = { asked: 0, due: 1 };
        if (state === 'not-current') for (const { stages } of secret.versions.values()) stages.clear();
      }
      const arnsOf = (wanted: string) =>
        made.filter(({ state }) => state === wanted).map(({ name }) => store.all.get(name)?.arn ?? '');
      standIn.behaviour.denyByResource = arnsOf('denied-by-resource');
      standIn.behaviour.allow = {
        DescribeSecret: ['usable', 'unreadable', 'deleting', 'not-current'].flatMap(arnsOf),
        GetSecretValue: ['usable'].flatMap(arnsOf),
      };

      const env: Record<string, string> = { KUBECONFIG: kubeconfig };
      const lines = made.map(({ name, token, shape, keys, kept }, index) => {
        if (kept === 'aws') return `${name}${keys}`;
        if (kept === 'k8s') {
          // Written twice, so that the managed fields say nothing and the values are read.
          const object = { apiVersion: 'v1', kind: 'Secret', stringData: { password: shape(token), other: token } };
          kubernetes.apply({ ...object, metadata: { name: `s${index}`, namespace: where } });
          kubernetes.apply({ ...object, metadata: { name: `s${index}`, namespace: where, managedFields: [{}] } });
          return `k8s:${where}/s${index}${keys}`;
        }
        env[`HANDED_IN_${index}`] = shape(token);
        return `env:HANDED_IN_${index}${keys}`;
      });
      const entries = [...lines, 'missing/secret'].map((line) => `    - ${line}\n`);
      const files = { 'secrets.yml': `policy: {not-placeholder: true}\nenvironments:\n  all:\n${entries.join('')}` };
      const inputs = listed
        ? { manifest: 'secrets.yml', environment: 'all', region: where }
        : { secrets: [...lines, 'missing/secret'].join('\n'), region: where };
      const seen = JSON.stringify(await runMain('validate-secrets', (run) => main(run), { inputs, env, files }));
      for (const secret of [...store.all.values()]) store.purge(secret);

      expect(JSON.parse(seen).outputs['checked-count']).toBe(String(made.length + 1));
      for (const { token } of made)
        for (let start = 0; start + PIECE <= token.length; start += 1)
          expect(seen).not.toContain(token.slice(start, start + PIECE));
    }),
    { numRuns: 50 },
  );
  expect(kubernetes.contentsSent).not.toEqual([]);
});
