import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runBundle } from '@delivery-actions/testkit';
import { secretsManagerContract } from '../../packages/stand-ins/test/secrets-manager-contract.ts';
import { type NotHere, pythonTool } from './installed.ts';

export const name = 'validate-secrets and the contract of its stand-in hold against moto';

const SHIM = fileURLToPath(new URL('moto-shim.py', import.meta.url));
/** Of anybody: moto checks keys and signatures only after `reset-auth`. */
const ANYBODY = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'a-secret-key' };

/** Where moto is not like AWS. A case that holds all the same is a failure: its line here is out of date. */
const DEVIATIONS: Readonly<Record<string, string>> = {
  'a missing secret answers with HTTP 400':
    'moto says 404; AWS says 400 to every client error (aws/aws-sdk-js-v3#7701)',
  'DeletedDate is the moment of the request, not the end of the recovery window':
    "moto gives DeleteSecret's DeletionDate, the end of the window",
  'a name has letters, digits and /_+=.@-! only': 'moto takes any name',
  'versions without a stage are listed only when asked for': 'moto lists them always',
  'versions are listed in pages': 'moto gives all of them at once, whatever MaxResults says',
};

export async function run(): Promise<'passed' | NotHere> {
  const server = pythonTool('moto_server', 'moto[server]', '5.2.1');
  if (typeof server !== 'string') return server;
  const moto = await startMoto(join(dirname(server), 'python'));
  try {
    await contract(moto.url);
    await bundle(moto.url);
    await parameters(moto.url);
    await accessChecks(moto.url);
    return 'passed';
  } finally {
    await moto.stop();
  }
}

async function contract(endpoint: string): Promise<void> {
  const problems: string[] = [];
  for (const { name, run } of secretsManagerContract({ endpoint, credentials: ANYBODY })) {
    const broken = await run().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const deviation = DEVIATIONS[name];
    if (deviation === undefined && broken !== undefined) problems.push(`${name}: ${broken}`);
    if (deviation !== undefined && broken === undefined)
      problems.push(`${name}: it holds now, so this is no deviation: ${deviation}`);
    if (deviation !== undefined && broken !== undefined) console.log(`  known deviation: ${name}: ${deviation}`);
  }
  assert.deepEqual(problems, []);
}

/** The verdicts of the shipped bundle on secrets that are made with the same protocol. */
async function bundle(url: string): Promise<void> {
  const call = (operation: string, input: object, region = 'eu-west-1') =>
    secretsManagerCall(url, operation, input, region);
  await call('CreateSecret', { Name: 'bundle/exists', SecretString: 'v', ClientRequestToken: 'x'.repeat(32) });
  await call('CreateSecret', { Name: 'bundle/no-value' });
  await call('CreateSecret', { Name: 'bundle/deleting', SecretString: 'v', ClientRequestToken: 'x'.repeat(32) });
  await call('DeleteSecret', { SecretId: 'bundle/deleting' });
  const { ARN } = await call(
    'CreateSecret',
    { Name: 'bundle/far', SecretString: 'v', ClientRequestToken: 'x'.repeat(32) },
    'us-east-1',
  );

  const secrets = ['bundle/exists', 'bundle/no-value', 'bundle/deleting', 'bundle/missing', 'bundle/far', ARN].join(
    '\n',
  );
  const { exitCode, lines, annotations } = await runBundle('validate-secrets', {
    inputs: { secrets },
    env: environment(url, ANYBODY),
  });
  assert.equal(exitCode, 1);
  assert.deepEqual(
    lines.slice(1, 7).map((line) => line.split(/ {2,}/)),
    [
      [ARN, '[EXISTS]'],
      ['bundle/deleting', '[DELETING]'],
      ['bundle/exists', '[EXISTS]'],
      ['bundle/far', '[MISSING]'],
      ['bundle/missing', '[MISSING]'],
      ['bundle/no-value', '[NO-VALUE]'],
    ],
  );
  assert.match(
    annotations[0]?.message ?? '',
    /It can be restored until \d{4}-\d\d-\d\d\.\nNext: aws secretsmanager restore-secret/,
  );
}

/** The same of SSM Parameter Store, before keys are checked. */
async function parameters(url: string): Promise<void> {
  for (const [Name, Type] of [
    ['/bundle/flag', 'String'],
    ['/bundle/key', 'SecureString'],
  ] as const) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AmazonSSM.PutParameter',
        authorization: unsigned('ssm', 'eu-west-1'),
      },
      body: JSON.stringify({ Name, Type, Value: JSON.stringify({ password: 'hidden-value' }) }),
    });
    assert.equal(answer.status, 200, `PutParameter: ${answer.status}`);
  }
  const secrets = ['ssm:/bundle/flag', 'ssm:/bundle/key#password', 'ssm:/bundle/keyy', 'ssm:/bundle/key:9'].join('\n');
  const env = { ...environment(url, ANYBODY), AWS_ENDPOINT_URL_SSM: url };
  const { lines, annotations, log } = await runBundle('validate-secrets', { inputs: { secrets }, env });
  assert.deepEqual(
    lines.slice(1, 5).map((line) => line.split(/ {2,}/)),
    [
      ['ssm:/bundle/flag', '[EXISTS]'],
      ['ssm:/bundle/key', '[EXISTS]'],
      ['ssm:/bundle/key:9', '[MISSING]'],
      ['ssm:/bundle/keyy', '[MISSING]'],
    ],
  );
  assert.match(annotations.at(-1)?.message ?? '', /did you mean ssm:\/bundle\/key, which is there/);
  assert.doesNotMatch(log, /hidden-value/);
}

/** moto matches a policy by its action alone, on the resource `*`; its denials lack the resource and the reason. */
async function accessChecks(url: string): Promise<void> {
  const allowed = await user(url, 'allowed', 'secretsmanager:DescribeSecret');
  const forbidden = await user(url, 'forbidden', 'secretsmanager:ListSecrets');
  await fetch(`${url}/moto-api/reset-auth`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '0' });

  const inputs = { secrets: 'bundle/exists' };
  const asked = async (key: typeof ANYBODY) => {
    const { lines, annotations } = await runBundle('validate-secrets', { inputs, env: environment(url, key) });
    return [...lines.slice(1), ...annotations.map(({ message }) => message.split('\n')[0])];
  };
  assert.deepEqual(await asked(allowed), ['bundle/exists  [EXISTS]', '1/1 secret is usable']);
  const [line, , denial = ''] = await asked(forbidden);
  // It may list the names, which settles that the secret is there.
  assert.equal(line, 'bundle/exists  [DENIED]');
  assert.match(denial, /^The user forbidden may not describe bundle\/exists/);
  for (const key of [
    { ...allowed, secretAccessKey: 'wrong' },
    { ...allowed, accessKeyId: 'AKIAUNKNOWNUNKNOWN' },
  ])
    assert.match((await asked(key)).at(-1) ?? '', /AWS does not accept the credentials in eu-west-1/);
}

function environment(url: string, key: typeof ANYBODY): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
  };
}

async function secretsManagerCall(
  url: string,
  operation: string,
  input: object,
  region: string,
): Promise<{ ARN: string }> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `secretsmanager.${operation}`,
      authorization: unsigned('secretsmanager', region),
    },
    body: JSON.stringify(input),
  });
  assert.equal(answer.status, 200, `${operation}: ${answer.status}`);
  return (await answer.json()) as { ARN: string };
}

/** A user with one inline policy, and its access key. */
async function user(url: string, name: string, action: string): Promise<typeof ANYBODY> {
  const iam = async (parameters: Record<string, string>) => {
    const headers = { authorization: unsigned('iam', 'us-east-1') };
    const body = new URLSearchParams({ Version: '2010-05-08', UserName: name, ...parameters });
    return (await fetch(url, { method: 'POST', headers, body })).text();
  };
  await iam({ Action: 'CreateUser' });
  const statement = { Effect: 'Allow', Action: action, Resource: '*' };
  const document = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await iam({ Action: 'PutUserPolicy', PolicyName: 'inline', PolicyDocument: document });
  const xml = await iam({ Action: 'CreateAccessKey' });
  const text = (tag: string) =>
    new RegExp(`<${tag}>(.*?)</${tag}>`).exec(xml)?.[1] ?? assert.fail(`no ${tag} in ${xml}`);
  return { accessKeyId: text('AccessKeyId'), secretAccessKey: text('SecretAccessKey') };
}

/** moto finds the service and the region in the credential scope. */
function unsigned(service: string, region: string): string {
  return `AWS4-HMAC-SHA256 Credential=${ANYBODY.accessKeyId}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
}

async function startMoto(python: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(python, [SHIM, String(port)], {
    // Access is checked once `reset-auth` says so.
    env: { ...process.env, INITIAL_NO_AUTH_ACTION_COUNT: '9999' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString('utf8');
  });
  const stop = () => ended(child);
  for (let attempt = 0; attempt < 150; attempt += 1) {
    const answer = await fetch(`${url}/moto-api/data.json`).catch(() => undefined);
    if (answer?.ok) return { url, stop };
    if (child.exitCode !== null) break;
    await sleep(100);
  }
  await stop();
  throw new Error(`moto did not start:\n${log}`);
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
