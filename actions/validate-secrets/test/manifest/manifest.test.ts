import { readFileSync } from 'node:fs';
import { UserError } from '@delivery-actions/action-kit';
import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../src/manifest/manifest.ts';
import { isPlaceholder } from '../../src/placeholder.ts';
import { SCHEMA_FILE, schemaForEditors } from './schema-file.ts';

const MANIFEST = `
policy:
  max-age: 180d
environments:
  staging:
    - \${service}/\${environment}/db
    - secret: shared/gateway#apiKey ?
      policy: {max-age: 90d, rotation: required, replicas: [us-east-1], not-placeholder: true}
    - env:API_KEY
  production:
    - \${service}/\${environment}/db
`;

function parse(text: string, environment = 'staging') {
  return parseManifest(text, { file: 'secrets.yml', environment, service: () => 'checkout' });
}

function complaints(text: string, environment?: string) {
  try {
    parse(text, environment);
  } catch (error) {
    if (error instanceof UserError) return error.findings.map(({ message, hint }) => [message, hint ?? '']);
    throw error;
  }
  return [];
}

it('schema.json, which editors read, is the schema that the action checks with', () => {
  expect(JSON.parse(readFileSync(SCHEMA_FILE, 'utf8'))).toEqual(schemaForEditors());
});

describe('a manifest', () => {
  it('lists the secrets of an environment, with its policies and places', () => {
    const DAY = 86_400_000;
    const open = { rotation: false, replicas: [], notPlaceholder: false };
    expect(parse(MANIFEST)).toMatchObject([
      {
        id: 'checkout/staging/db',
        optional: false,
        policy: { maxAge: 180 * DAY, ...open },
        place: { file: 'secrets.yml', line: 6, column: 7 },
      },
      {
        id: 'shared/gateway',
        keys: ['apiKey'],
        optional: true,
        policy: { maxAge: 90 * DAY, rotation: true, replicas: ['us-east-1'], notPlaceholder: true },
        place: { line: 7 },
      },
      { id: 'env:API_KEY', place: { line: 9 } },
    ]);
    expect(parse(MANIFEST, 'production').map(({ id }) => id)).toEqual(['checkout/production/db']);
    expect(parse(`service: cart\n${MANIFEST}`)[0]?.id).toBe('cart/staging/db');
  });

  it.each([
    ['', 'secrets.yml:1:1: "environments" is missing', ''],
    ['environments: []', 'secrets.yml:1:15: environments: expected at least one environment', ''],
    ['environments: {staging: []}', 'secrets.yml:1:25: staging: expected at least one secret', ''],
    [
      'environments: {staging: [a]}\npolcy: {}',
      'secrets.yml:2:1: there is no key "polcy" here',
      'did you mean "policy"?',
    ],
    [
      'policy: {max-age: 180}\nenvironments: {staging: [a]}',
      'secrets.yml:1:19: max-age: expected a number of days such as 180d',
      '',
    ],
    [
      'policy: {labels: {}}\nenvironments: {staging: [a]}',
      'secrets.yml:1:10: there is no key "labels" here',
      'the keys are: max-age, rotation, replicas, tags, kms-key, not-placeholder',
    ],
    [
      'environments: {staging: [{secret: a, polisy: {}}]}',
      'secrets.yml:1:38: there is no key "polisy" here',
      'did you mean "policy"?',
    ],
    [
      'environments: {staging: [{secret: a, policy: {tag: {a: b}}}]}',
      'secrets.yml:1:47: there is no key "tag" here',
      'did you mean "tags"?',
    ],
    ['policy: {tags: {}}\nenvironments: {staging: [a]}', 'secrets.yml:1:16: tags: expected at least one tag', ''],
    [
      'policy: {tags: {cost-center: 4711}}\nenvironments: {staging: [a]}',
      'secrets.yml:1:30: cost-center: expected a text (a number or a boolean needs quotes)',
      '',
    ],
    [
      'policy: {kms-key: checkout}\nenvironments: {staging: [a]}',
      'secrets.yml:1:19: kms-key: expected an alias such as alias/checkout, the id of a key, or the ARN of either',
      '',
    ],
    [
      'environments: {staging: [{secret: "k8s:a/b", policy: {tags: {a: b}}}]}',
      'secrets.yml:1:35: "tags" is no policy for k8s:a/b',
      'for a secret of this store there is not-placeholder',
    ],
    ['environments: {stagin: [a]}', 'secrets.yml:1:1: there is no environment "staging"', 'did you mean "stagin"?'],
    ['environments: {staging: ["a b"]}', 'secrets.yml:1:26: "a b" cannot be the name of a secret', 'one secret a line'],
    ['environments: {staging: ["${team}/a"]}', 'secrets.yml:1:26: "${team}" stands for nothing', '${service}'],
    ['environments: {staging: ["gateway:a/b"]}', 'names the store "gateway", which is not known', ''],
    ['environments: {staging: [a, a#key]}', 'secrets.yml:1:29: a is listed twice', ''],
    [
      'environments: {staging: [{secret: "env:A", policy: {rotation: required}}]}',
      'secrets.yml:1:35: "rotation" is no policy for env:A',
      'for a secret of this store there is not-placeholder',
    ],
    ['environments: {staging: [a', 'this is not YAML', ''],
  ])('%j is refused at its place', (text, message, hint) => {
    const [[said, next] = []] = complaints(text);
    expect(said).toContain(message);
    expect(next).toContain(hint);
  });

  it('tells what is wrong with its form and with its secrets at once, in the order of the file', () => {
    const text = [
      'polcy: {}',
      'policy: {max-age: 180}',
      'environments:',
      '  staging:',
      '    - a b',
      '    - {secret: ssm:/app/, policy: {max-agee: 1d}}',
      '    - 4711',
      '    - {secret: "env:A", policy: {max-age: 1d}}',
      '    - ${team}/db',
      '    - [db]',
    ].join('\n');
    expect(complaints(text).map(([said = '']) => said.replace('secrets.yml:', ''))).toEqual([
      '1:1: there is no key "polcy" here',
      '2:19: max-age: expected a number of days such as 180d',
      '5:7: "a b" cannot be the name of a secret: it may not contain a blank',
      '6:16: "ssm:/app/" is a path, not a parameter',
      '6:36: there is no key "max-agee" here',
      '7:7: expected a secret, or a mapping with "secret" and "policy"',
      '8:16: "max-age" is no policy for env:A',
      '9:7: "${team}" stands for nothing',
      '10:7: expected a secret, or a mapping with "secret" and "policy"',
    ]);
  });

  it('tells everything that is wrong at once', () => {
    expect(complaints('environments: {staging: [a b, "c d", e]}').map(([said]) => said?.split(':')[2])).toEqual([
      '26',
      '31',
    ]);
  });
});

it.each(['changeme', ' CHANGE-ME ', 'TODO', 'your-api-key-here', '<api key>', 'xxxxxx', '${API_KEY}', '********'])(
  'S11 %s is a placeholder',
  (value) => {
    expect(isPlaceholder(value)).toBe(true);
  },
);
it.each(['hunter2', 'postgres://changeme@db', 'todo-service', 'k-4711', 'x', ''])(
  'S11 "%s" may be a value',
  (value) => {
    expect(isPlaceholder(value)).toBe(false);
  },
);
