import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMain } from '@delivery-actions/testkit';
import type { Clock } from '@delivery-actions/waiting';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { main } from '../src/main.ts';
import { STORES } from '../src/store.ts';

/** What a service may do in place of an answer. `cut` is after how many characters the connection ends. */
interface Fault {
  readonly status: number;
  readonly body: string;
  readonly cut?: number;
}

let server: Server;
let url: string;
let folder: string;
/** By what is asked: first for a description, then for what builds on it. */
let first: readonly Fault[] = [];
let then: readonly Fault[] = [];
let asked = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      const { 'x-amz-target': target = '', accept = '' } = request.headers;
      const path = request.url ?? '';
      const describes =
        `${target}`.endsWith('DescribeSecret') ||
        accept.includes('PartialObjectMetadata;') ||
        /\/metadata\/|\/versions\/latest$/.test(path);
      const faults = describes || path === '/apis/external-secrets.io' ? first : then;
      const { status, body, cut } = faults[asked % faults.length] ?? { status: 500, body: '' };
      asked += 1;
      const type = request.method === 'POST' ? 'application/x-amz-json-1.1' : 'application/json';
      response.writeHead(status, {
        'content-type': type,
        ...(cut === undefined ? {} : { 'content-length': body.length + 1 }),
      });
      if (cut === undefined) return void response.end(body);
      response.write(body.slice(0, cut), () => response.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = mkdtempSync(join(tmpdir(), 'faults-'));
  writeFileSync(
    join(folder, 'config'),
    `current-context: c\nclusters: [{name: c, cluster: {server: "${url}"}}]\ncontexts: [{name: c, context: {cluster: c, user: u}}]\nusers: [{name: u, user: {}}]\n`,
  );
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a-secret-key');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

/** Pauses between two tries take no time here; the end of the whole run stays where it is. */
const hurried: Clock = {
  now: () => Date.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds > 20_000 ? milliseconds : 0);
    return () => clearTimeout(timer);
  },
};

const TOKEN = 'Zq7-correct-horse-battery-staple';
/** The value as it travels: as it is, in base64, and as a part of JSON. */
const BASE64 = Buffer.from(TOKEN).toString('base64');
const values = [
  JSON.stringify({ ARN: 'arn:aws:x', Name: 'x', SecretString: TOKEN }),
  JSON.stringify({ ARN: 'arn:aws:x', Name: 'x', SecretString: `{"password":"${TOKEN}` }),
  JSON.stringify({ metadata: { name: 'x' }, data: { password: BASE64, other: BASE64 } }),
  `{"metadata":{"name":"x"},"data":{"password":"${BASE64}"`,
  JSON.stringify({ data: { data: { password: TOKEN }, metadata: { version: 1 } } }),
  JSON.stringify({ name: 'x', payload: { data: BASE64 } }),
  JSON.stringify({ Parameters: [{ Name: '/x', Type: 'SecureString', Value: TOKEN }], InvalidParameters: [] }),
  TOKEN,
];
const current = { VersionIdsToStages: { a: ['AWSCURRENT'] } };
const described = [
  current,
  { ...current, RotationEnabled: true, NextRotationDate: 'soon' },
  { ...current, RotationEnabled: true, VersionIdsToStages: null },
  { ...current, ReplicationStatus: [null] },
  { ...current, Tags: [null, {}], KmsKeyId: 1, OwningService: {} },
  { VersionIdsToStages: { a: null } },
  { DeletedDate: 'x' },
  { Versions: [null] },
  { SecretList: [null, {}], NextToken: 'more' },
  { versions: [null], preferredVersion: null },
  { versions: [{ version: 'v1' }], metadata: { name: 'x' }, items: [null] },
  { metadata: null },
  { metadata: { name: 'x', managedFields: [null] }, data: { password: 5 } },
  { metadata: { name: 'x', managedFields: 'none', finalizers: 1, deletionTimestamp: 7 }, spec: null, status: null },
  {
    metadata: { name: 'x', generation: 1 },
    spec: { refreshInterval: 5, target: null },
    status: { conditions: [null] },
  },
  { metadata: { name: 'x' }, spec: {}, status: { conditions: [{ type: 'Ready', status: 'True' }] } },
  { items: 'none', metadata: {} },
  { data: { current_version: 1, versions: { '1': null } } },
  { data: { current_version: 'x', versions: [] }, capabilities: 1 },
  { data: { subkeys: { password: 5 }, metadata: null }, 'kv/data/x': 'read' },
  { name: 1, state: 'ENABLED', createTime: 'never', scheduledDestroyTime: 7 },
  { error: { code: 'x', status: 5, details: [null] } },
  { errors: [null] },
  { Parameters: [null], InvalidParameters: 'none' },
  { Parameters: [{ Name: '/x', LastModifiedDate: 'x', Tier: null }] },
  null,
  [],
  'text',
].map((each) => JSON.stringify(each));
const names = fc.oneof(
  fc.constantFrom('ThrottlingException', 'AccessDeniedException', 'ResourceNotFoundException', 'ExpiredTokenException'),
  fc.stringMatching(/^[A-Za-z]{1,20}$/),
  fc.constantFrom('', 'constructor', '__proto__', 'toString'),
);
const errors = names.map((name) =>
  JSON.stringify({ __type: name, message: 'no', kind: 'Status', reason: name, code: 1 }),
);
const fault = fc.record(
  {
    status: fc.constantFrom(200, 200, 200, 204, 400, 401, 403, 404, 409, 410, 418, 500),
    body: fc.oneof(fc.constantFrom(...values), fc.constantFrom(...described), errors, fc.string()),
    cut: fc.nat(40),
  },
  { requiredKeys: ['status', 'body'] },
);

/** A description that any of them takes, so that the rest is asked too. */
const fine = {
  ...current,
  ...{ ARN: 'arn:aws:x', Tags: [{ Key: 'a', Value: 'b' }], KmsKeyId: 'alias/x', RotationEnabled: true },
  ...{ metadata: { name: 'x' }, versions: [{ version: 'v1' }] },
  ...{ data: { current_version: 1, versions: { '1': { created_time: '2026-01-01T00:00:00Z' } } } },
  ...{ name: 'projects/1/secrets/x/versions/1', state: 'ENABLED', createTime: '2026-01-01T00:00:00Z' },
};
const describedBy = (fault: fc.Arbitrary<Fault>) =>
  fc.oneof({ arbitrary: fc.constant<Fault>({ status: 200, body: JSON.stringify(fine) }), weight: 2 }, fault);

const OURS = ['a', 'b#password', 'k8s:n/c', 'k8s:n/d#password', 'external-secret:n/e', 'external-secret:n/f#password'];
const OTHERS = [
  ...['ssm:/g', 'ssm:/h#password', 'vault:kv/i', 'vault:kv/j#password'],
  ...['gcp:projects/p/secrets/k', 'gcp:projects/p/secrets/l#password'],
];
/** The pauses after a lost connection are the HTTP client's own, and take their time. */
const whole = fault.map(({ status, body }): Fault => ({ status, body }));
const drawn = (each: fc.Arbitrary<Fault>) => fc.array(each, { minLength: 1, maxLength: 6 });
/** Those that chance finds seldom. */
const good: Fault = { status: 200, body: JSON.stringify(fine) };
const EXAMPLES: readonly [Fault[], Fault[], boolean][] = [
  [[{ status: 200, body: TOKEN }], [good], true],
  [[good], [{ status: 200, body: TOKEN }], true],
  ...values.map((body): [Fault[], Fault[], boolean] => [[good], [{ status: 200, body }], true]),
  ...values.map((body): [Fault[], Fault[], boolean] => [[good], [{ status: 200, body, cut: body.length - 4 }], true]),
  [[{ status: 404, body: '{}' }], [{ status: 200, body: '{"items":[null]}' }], false],
  [[good], [{ status: 200, body: '{"metadata":{"name":"x"},"status":{"conditions":[null]}}' }], false],
];
const VERDICT =
  /^(?:EXISTS|MISSING|DELETING|NO-VALUE|DENIED|DENIED-OR-MISSING|STALE|OVERDUE|KEY-MISSING|EMPTY|PLACEHOLDER|NOT-SYNCED|MISMATCH|UNREACHABLE)$/;

it.each([
  ['AWS and Kubernetes', OURS, fault, EXAMPLES, 150],
  ['SSM, Vault and Google', OTHERS, whole, EXAMPLES.filter(([, [then]]) => then?.cut === undefined), 60],
] as const)(
  'whatever %s answer, each secret has one verdict, nothing crashes, and nothing of a value is shown',
  async (_, secrets, fault, examples, numRuns) => {
    vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
    const policy = 'max-age: 30d, tags: {a: b}, kms-key: alias/x, rotation: required, not-placeholder: true';
    const manifest = (secrets: readonly string[], policy: string) =>
      `policy: {${policy}}\nenvironments:\n  all:\n${secrets.map((secret) => `    - ${secret}\n`).join('')}`;
    await fc.assert(
      fc.asyncProperty(drawn(describedBy(fault)), drawn(fault), fc.boolean(), async (descriptions, others, strict) => {
        first = descriptions;
        then = others;
        asked = 0;
        const endpoints = { endpoints: `ssm=${url}\ngcp=${url}` };
        const inputs = {
          manifest: 'secrets.yml',
          environment: 'all',
          region: 'eu-west-1',
          'report-file': 'r.xml',
          ...endpoints,
        };
        const files = { 'secrets.yml': manifest(secrets, strict ? policy : 'rotation: required') };
        const env = {
          ...{ KUBECONFIG: join(folder, 'config'), AWS_MAX_ATTEMPTS: '1', VAULT_ADDR: url, VAULT_TOKEN: 'a-token' },
          ...{ CLOUDSDK_AUTH_ACCESS_TOKEN: 'an-access-token', AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' },
          AWS_SECRET_ACCESS_KEY: 'a-secret-key',
        };
        const recorded = await runMain('validate-secrets', (run) => main(run, STORES, hurried), { inputs, env, files });
        const { rows } = JSON.parse(recorded.outputs['report'] ?? '{"rows":[]}');
        expect(rows.map(({ id }: { id: string }) => id)).toEqual(secrets.map((each) => each.split('#')[0]).sort());
        for (const { verdict } of rows) expect(verdict).toMatch(VERDICT);
        expect(recorded.annotations.map(({ title }) => title)).not.toContain('This is a bug');
        const seen = JSON.stringify(recorded);
        for (const form of [TOKEN, BASE64])
          for (let start = 0; start + 8 <= form.length; start += 1)
            expect(seen).not.toContain(form.slice(start, start + 8));
      }),
      { numRuns, examples: [...examples] },
    );
  },
  60_000,
);
