import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SecretsManagerStandIn, startSecretsManager } from '@delivery-actions/stand-ins';
import { runBundle } from '@delivery-actions/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let standIn: SecretsManagerStandIn;
let workspace: string;
beforeEach(async () => {
  standIn = await startSecretsManager();
  workspace = mkdtempSync(join(tmpdir(), 'workspace-'));
  const secrets = standIn.secrets('eu-west-1');
  secrets.put(secrets.create('checkout/db'), { SecretString: 'v' });
  secrets.put(secrets.create('checkout/gateway'), { SecretString: '{"apiKey":"correct-horse-battery"}' });
});
afterEach(() => standIn.close());

const MANIFEST = `environments:
  staging:
    - checkout/db
    - checkout/gateway#apiSecret
    - checkout/mail-relay ?
    - env:API_KEY
`;

function check(reportFile: string, inputs: Record<string, string> = {}, env: Record<string, string> = {}) {
  return runBundle('validate-secrets', {
    inputs: { manifest: 'deploy/secrets & keys.yml', environment: 'staging', 'report-file': reportFile, ...inputs },
    env: {
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: standIn.url,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'a-secret-key',
      GITHUB_WORKFLOW_REF: 'acme/checkout-service/.github/workflows/deliver.yml@refs/heads/main',
      ...env,
    },
    files: { 'deploy/secrets & keys.yml': MANIFEST },
    workspace,
  });
}

const written = (path: string) => readFileSync(join(workspace, path), 'utf8');

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: { readonly startLine: number; readonly startColumn?: number };
    };
  }[];
  readonly partialFingerprints: { readonly primaryLocationLineHash: string };
}

function sarifOf(text: string) {
  const log = JSON.parse(text);
  expect(Object.keys(log)).toEqual(['$schema', 'version', 'runs']);
  expect(log.version).toBe('2.1.0');
  const [{ tool, results }] = log.runs as [{ tool: { driver: { rules: { id: string }[] } }; results: Result[] }];
  return { rules: tool.driver.rules, results };
}

describe('validate-secrets, with report-file', () => {
  it('writes JSON that is the output, in folders that it makes, though the verdict is red', async () => {
    const result = await check('out/reports/secrets.json');
    expect(result.exitCode).toBe(1);
    expect(written('out/reports/secrets.json')).toBe(`${result.outputs['report']}\n`);
    expect(readdirSync(join(workspace, 'out/reports'))).toEqual(['secrets.json']);
    expect(result.lines.at(-1)).toBe('1/4 secrets are usable; 2 are not; 1 warning');
  });

  it.each(['secrets.sarif', 'secrets.SARIF', 'secrets.sarif.json'])(
    'writes SARIF to %s, each result on its line of the manifest',
    async (path) => {
      expect((await check(path)).exitCode).toBe(1);
      const { rules, results } = sarifOf(written(path));
      expect(rules).toHaveLength(13);
      for (const { ruleId, ruleIndex } of results) expect(rules[ruleIndex]?.id).toBe(ruleId);
      expect(
        results.map(({ ruleId, level, locations: [location] }) => [
          ruleId,
          level,
          location?.physicalLocation.artifactLocation.uri,
          location?.physicalLocation.region,
        ]),
      ).toEqual([
        ['KEY-MISSING', 'error', 'deploy/secrets%20%26%20keys.yml', { startLine: 4, startColumn: 7 }],
        ['MISSING', 'warning', 'deploy/secrets%20%26%20keys.yml', { startLine: 5, startColumn: 7 }],
        ['EMPTY', 'error', 'deploy/secrets%20%26%20keys.yml', { startLine: 6, startColumn: 7 }],
      ]);
      expect(results[0]?.message.text).toMatch(
        /^checkout\/gateway is KEY-MISSING: it has no key apiSecret\.\nNext: put a value/,
      );
      expect(written(path)).not.toContain('horse');
    },
  );

  it('SARIF of secrets that no manifest lists is on the workflow, where code scanning takes it', async () => {
    const inputs = { manifest: '', environment: '', secrets: 'absent/a\nabsent/b' };
    await check('s.sarif', inputs);
    const { results } = sarifOf(written('s.sarif'));
    expect(results.map(({ locations }) => locations[0]?.physicalLocation)).toEqual(
      Array(2).fill({
        artifactLocation: { uri: '.github/workflows/deliver.yml', uriBaseId: '%SRCROOT%' },
        region: { startLine: 1 },
      }),
    );
    expect(new Set(results.map(({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash)).size).toBe(2);
    await check('t.sarif', inputs, { GITHUB_WORKFLOW_REF: '' });
    expect(sarifOf(written('t.sarif')).results[0]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe(
      '.github/workflows',
    );
  });

  it('writes JUnit, one test case for each secret', async () => {
    expect((await check('secrets.xml')).exitCode).toBe(1);
    const text = written('secrets.xml');
    expect(text.split('\n').filter((line) => /<(?:testsuites?|testcase)\b/.test(line))).toEqual([
      '<testsuites name="validate-secrets" tests="4" failures="2" errors="0">',
      '  <testsuite name="secrets" tests="4" failures="2" errors="0" skipped="0">',
      '    <testcase classname="aws" name="checkout/db" file="deploy/secrets &amp; keys.yml" line="3"/>',
      '    <testcase classname="aws" name="checkout/gateway" file="deploy/secrets &amp; keys.yml" line="4">',
      '    <testcase classname="aws" name="checkout/mail-relay" file="deploy/secrets &amp; keys.yml" line="5">',
      '    <testcase classname="env" name="env:API_KEY" file="deploy/secrets &amp; keys.yml" line="6">',
    ]);
    expect(text).toContain(
      '<failure type="KEY-MISSING" message="checkout/gateway is KEY-MISSING: it has no key apiSecret.">',
    );
    expect(text).toContain(
      '<system-out>MISSING: checkout/mail-relay is MISSING: there is no such secret in eu-west-1.',
    );
    expect(text).not.toContain('horse');
  });

  it('in JUnit a warning that fails the step is a failure, and one without an answer an error', async () => {
    await check('strict.xml', { 'fail-on': 'warning' });
    expect(written('strict.xml')).toContain('failures="3" errors="0"');
    await check('expired.xml', {}, { AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:1' });
    expect(written('expired.xml')).toContain('failures="1" errors="3"');
    expect(written('expired.xml')).toContain(
      '<error type="UNREACHABLE" message="Secrets Manager cannot be reached in eu-west-1',
    );
  });

  it('is empty of results, and not of cases, when all is well', async () => {
    const inputs = { manifest: '', environment: '', secrets: 'checkout/db' };
    expect((await check('fine.sarif', inputs)).exitCode).toBe(0);
    expect(sarifOf(written('fine.sarif')).results).toEqual([]);
    expect((await check('fine.xml', inputs)).exitCode).toBe(0);
    expect(written('fine.xml')).toContain('<testcase classname="aws" name="checkout/db"/>');
  });

  it('replaces an older report as a whole', async () => {
    writeFileSync(join(workspace, 'secrets.json'), 'x'.repeat(100_000));
    const result = await check('secrets.json');
    expect(written('secrets.json')).toBe(`${result.outputs['report']}\n`);
  });

  it('shows nothing that is masked', async () => {
    const env = { AWS_SECRET_ACCESS_KEY: 'checkout/gateway' };
    for (const path of ['m.json', 'm.sarif', 'm.xml']) {
      await check(path, {}, env);
      expect(written(path)).not.toContain('checkout/gateway');
      expect(written(path)).toContain('***');
    }
  });

  it('says why it cannot be written, after the report', async () => {
    mkdirSync(join(workspace, 'folder.json', 'inner'), { recursive: true });
    const result = await check('folder.json', { manifest: '', environment: '', secrets: 'checkout/db' });
    expect(result.exitCode).toBe(1);
    expect(result.outputs['failed-count']).toBe('0');
    expect(result.annotations.at(-1)).toMatchObject({
      title: 'Input "report-file"',
      message: expect.stringMatching(
        /^The report could not be written to folder\.json \((?:EISDIR|ENOTEMPTY|EEXIST)\)\./,
      ),
    });
    expect(readdirSync(workspace).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it.each([
    ['secrets.txt', 'write secrets.json, secrets.sarif (code scanning) or secrets.xml (JUnit)'],
    ['out/secrets', 'write out/secrets.json, out/secrets.sarif (code scanning) or out/secrets.xml (JUnit)'],
    ['out.d/', 'write out.d.json, out.d.sarif (code scanning) or out.d.xml (JUnit)'],
  ])('refuses %s before it asks anything', async (path, hint) => {
    const result = await check(path);
    expect(result.exitCode).toBe(1);
    expect(result.annotations[0]?.message).toBe(
      `Input "report-file": "${path}" does not tell its format, which goes by the end of the name\nNext: ${hint}`,
    );
    expect(standIn.requests).toEqual([]);
    expect(existsSync(join(workspace, path))).toBe(false);
  });
});
