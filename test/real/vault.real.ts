import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen, sendJson } from '@delivery-actions/stand-ins';
import { runBundle } from '@delivery-actions/testkit';
import { vaultContract } from '../../packages/stand-ins/test/vault-contract.ts';
import { type NotHere, vaultCore } from './installed.ts';

export const name = "validate-secrets and the contract of its stand-in hold against Vault's own core";

/** It is built once, which takes some ten minutes. */
export const slow = true;

export async function run(): Promise<'passed' | NotHere> {
  const program = vaultCore();
  if (typeof program !== 'string') return program;
  const vault = await startVault(program);
  try {
    await contract(vault.url);
    await bundle(vault.url);
    await login(vault.url);
    return 'passed';
  } finally {
    await vault.stop();
  }
}

async function contract(url: string): Promise<void> {
  const problems: string[] = [];
  for (const { name, run } of vaultContract({ url, rootToken: 'root' }))
    await run().catch((error: unknown) => problems.push(`${name}: ${(error as Error).message}`));
  assert.deepEqual(problems, []);
}

/** The verdicts of the shipped bundle on secrets that are made with the same protocol. */
async function bundle(url: string): Promise<void> {
  const call = async (method: string, path: string, body?: object) => {
    const headers = { 'x-vault-token': 'root' };
    const answer = await fetch(`${url}/v1/${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
    const text = await answer.text();
    return text === '' ? {} : JSON.parse(text);
  };
  await call('POST', 'sys/mounts/team/kv', { type: 'kv', options: { version: '2' } });
  await call('POST', 'sys/mounts/old', { type: 'kv', options: { version: '1' } });
  for (const path of ['exists', 'deleted', 'destroyed'])
    await put(url, `team/kv/data/app/${path}`, { data: { url: 'postgres://hidden-value', user: 'changeme' } });
  await call('DELETE', 'team/kv/data/app/deleted');
  await call('PUT', 'team/kv/destroy/app/destroyed', { versions: [1] });
  await call('POST', 'team/kv/metadata/app/empty', { custom_metadata: { owner: 'team' } });

  const secrets = ['exists#url', 'exist', 'deleted', 'destroyed', 'empty'].map((each) => `vault:team/kv/app/${each}`);
  const environment = (token: string) => ({ VAULT_ADDR: url, VAULT_TOKEN: token });
  const asked = async (lines: readonly string[], token = 'root') => {
    const result = await runBundle('validate-secrets', {
      inputs: { secrets: lines.join('\n') },
      env: environment(token),
    });
    assert.doesNotMatch(result.log, /hidden-value/);
    return result;
  };
  const { exitCode, lines, annotations } = await asked([...secrets, 'vault:old/x']);
  assert.equal(exitCode, 1);
  assert.deepEqual(
    lines.slice(1, 7).map((line) => line.split(/ {2,}/)),
    [
      ['vault:old/x', '[UNREACHABLE]'],
      ['vault:team/kv/app/deleted', '[DELETING]'],
      ['vault:team/kv/app/destroyed', '[NO-VALUE]'],
      ['vault:team/kv/app/empty', '[NO-VALUE]'],
      ['vault:team/kv/app/exist', '[MISSING]'],
      ['vault:team/kv/app/exists', '[EXISTS]'],
    ],
  );
  const said = annotations.map(({ message }) => message).join('\n');
  assert.match(said, /vault kv undelete -versions=1 -mount=team\/kv app\/deleted/);
  assert.match(said, /did you mean vault:team\/kv\/app\/exists, which is there\?/);

  // Exactly what the report asks for is enough.
  await call('PUT', 'sys/policies/acl/data-only', { policy: 'path "team/kv/data/app/*" { capabilities = ["read"] }' });
  await call('POST', 'auth/token/create', { id: 'data-only', policies: ['data-only'] });
  const denied = await asked(['vault:team/kv/app/exists#url'], 'data-only');
  assert.match(denied.log, /\[EXISTS\]/);
  const blind = await asked(['vault:team/kv/app/exists'], 'data-only');
  assert.match(blind.log, /\[DENIED-OR-MISSING\]/);
  const [, policy = ''] = /FILE\):\n([\s\S]*?\n\})\n/.exec(blind.annotations[0]?.message ?? '') ?? [];
  await call('PUT', 'sys/policies/acl/enough', { policy });
  await call('POST', 'auth/token/create', { id: 'enough', policies: ['enough'] });
  assert.match((await asked(['vault:team/kv/app/exists'], 'enough')).log, /\[EXISTS\]/);
  const nobody = await asked(['vault:team/kv/app/exists'], 'nobody');
  assert.equal(nobody.annotations[0]?.title, 'Vault token is refused');
}

/** The job's token, as GitHub would sign it, for a role that takes it and for one that does not. */
async function login(url: string): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const write = async (path: string, body: object) => {
    const headers = { 'x-vault-token': 'root' };
    const answer = await fetch(`${url}/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
  };
  await write('sys/policies/acl/ci', { policy: 'path "team/kv/metadata/app/*" { capabilities = ["read"] }' });
  await write('sys/auth/github', { type: 'jwt' });
  const jwt_validation_pubkeys = [publicKey.export({ type: 'spki', format: 'pem' })];
  await write('auth/github/config', { jwt_validation_pubkeys, bound_issuer: 'https://token.actions' });
  const role = { role_type: 'jwt', user_claim: 'sub', bound_audiences: ['vault'], policies: ['ci'] };
  await write('auth/github/role/deploy', role);
  await write('auth/github/role/other', { ...role, bound_claims: { repository: 'org/other' } });

  await using github = await listen(({ url: asked, response }) => {
    const now = Math.floor(Date.now() / 1000);
    const aud = asked.searchParams.get('audience');
    const claims = {
      iss: 'https://token.actions',
      sub: 'repo:org/app',
      repository: 'org/app',
      aud,
      iat: now,
      exp: now + 300,
    };
    const parts = [{ alg: 'RS256', typ: 'JWT' }, claims];
    const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    sendJson(response, 200, {
      value: `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey).toString('base64url')}`,
    });
  });
  const as = (vaultRole: string) =>
    runBundle('validate-secrets', {
      inputs: { secrets: 'vault:team/kv/app/exists', 'vault-role': vaultRole, 'vault-audience': 'vault' },
      env: {
        VAULT_ADDR: url,
        ACTIONS_ID_TOKEN_REQUEST_URL: `${github.url}/token?api-version=2.0`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
      },
    });
  assert.match((await as('github/deploy')).log, /\[EXISTS\]/);
  const refused = await as('github/other');
  assert.equal(refused.annotations[0]?.title, 'Vault refuses the login');
  assert.match(refused.annotations[0]?.message ?? '', /repository/);
}

/** A mount of version 2 upgrades itself before it takes a value. */
async function put(url: string, path: string, body: object): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const headers = { 'x-vault-token': 'root' };
    const answer = await fetch(`${url}/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (answer.ok) return;
    await sleep(100);
  }
  throw new Error(`${path} could not be written`);
}

async function startVault(program: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(program, [`127.0.0.1:${port}`, 'root'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString('utf8');
  });
  for (let attempt = 0; attempt < 150; attempt += 1) {
    const answer = await fetch(`${url}/v1/sys/health`).catch(() => undefined);
    if (answer?.ok) return { url, stop: () => ended(child) };
    if (child.exitCode !== null) break;
    await sleep(100);
  }
  await ended(child);
  throw new Error(`Vault did not start:\n${log}`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : assert.fail('no port');
}
