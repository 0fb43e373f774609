import { it } from 'vitest';
import {
  all,
  DAY,
  expectRow,
  externalSecret,
  google,
  KEY,
  make,
  makeOld,
  NOW,
  P,
  type Row,
  throttled,
  vault,
} from './secrets-rows.ts';

const FIVE = ['database-url', 'gateway-key', 'jwt-signing', 'mail-relay', 'webhook'];
const ARN = (region: string, partition = 'aws') => `arn:${partition}:secretsmanager:${region}:123456789012:secret:`;
const FORK = {
  head: { repo: { full_name: 'someone/checkout-service' } },
  base: { repo: { full_name: 'acme/checkout-service' } },
};

const ROWS: Readonly<Record<string, Row>> = {
  'S01 a secret that is scheduled for deletion': {
    given: () => make('s01', 'v', { deletion: { asked: NOW - 3 * DAY, due: NOW + 27 * DAY } }),
    lines: ['s01'],
    exit: 1,
    verdicts: ['DELETING s01'],
    says: [
      /^error: s01 is DELETING: .*can be restored until \d{4}-.*restore-secret --region eu-west-1 --secret-id s01$/s,
    ],
  },
  'S02 a secret without a value': {
    given: () => make('s02', ''),
    lines: ['s02'],
    exit: 1,
    verdicts: ['NO-VALUE s02'],
    says: [/^error: s02 has NO-VALUE: .*put-secret-value --region eu-west-1 --secret-id s02 /s],
  },
  'S03 an ARN of another region': {
    given: () => make('s03', 'v', { region: 'us-east-1' }),
    lines: [`${ARN('us-east-1')}s03`],
    exit: 0,
    verdicts: [`EXISTS ${ARN('us-east-1')}s03`],
    says: [],
  },
  'S04 a name with the random suffix of an ARN': {
    given: () => make('s04/db'),
    lines: ['s04/db-AbCdEf'],
    exit: 1,
    verdicts: ['MISSING s04/db-AbCdEf'],
    says: [/^error: s04\/db-AbCdEf is MISSING: .*did you paste the ARN's suffix\? The name is then s04\/db/s],
  },
  'S05 a denial that may be a missing secret': {
    given: () => Object.assign(all.aws.behaviour, { allow: {} }),
    lines: ['s05'],
    exit: 1,
    verdicts: ['DENIED-OR-MISSING s05'],
    says: [
      /^error: The role .* may not describe s05, .*the same answer for a missing secret and for a forbidden one\./,
    ],
  },
  'S05 a denial that ListSecrets settles': {
    given: () => [make('s05/there'), Object.assign(all.aws.behaviour, { allow: { ListSecrets: ['*'] } })],
    lines: ['s05/there', 's05/gone-for-good'],
    exit: 1,
    verdicts: ['MISSING s05/gone-for-good', 'DENIED s05/there'],
    says: [/^error: s05\/gone-for-good is MISSING/, /^error: .* The secret is there: ListSecrets has the name\./],
  },
  "S05 a denial by the secret's own policy, which proves it": {
    given: () => Object.assign(all.aws.behaviour, { denyByResource: [`${ARN('eu-west-1')}s05*`] }),
    lines: ['s05/there'],
    exit: 1,
    verdicts: ['DENIED s05/there'],
    says: [/^error: .*explicit deny in a resource-based policy\. The secret is there: its own policy answered\./],
  },
  'S06 five that are missing': {
    lines: FIVE,
    exit: 1,
    verdicts: FIVE.map((name) => `MISSING ${name}`),
    says: [
      ...FIVE.map((name) => `error: ${name} is MISSING: there is no such secret in eu-west-1.`),
      'warning: Not one of the 5 secrets is in eu-west-1',
    ],
  },
  'S07 a burst that is throttled': {
    given: () => FIVE.map((name) => make(`s07/${name}`)) && throttled(),
    lines: FIVE.map((name) => `s07/${name}`),
    exit: 0,
    verdicts: FIVE.map((name) => `EXISTS s07/${name}`),
    says: [],
  },
  'S08 a rotation whose date has passed': {
    given: () => make('s08', 'v', { rotation: { enabled: true, next: NOW - 2 * DAY } }),
    lines: ['s08'],
    exit: 0,
    verdicts: ['OVERDUE s08'],
    says: [/^warning: s08 is OVERDUE: rotation is on, but it did not happen\. It was due by \d{4}-/],
    warnings: 1,
  },
  'S09 an old value whose tag was edited yesterday': {
    given: () => makeOld('s09', 730, { changed: NOW - DAY }),
    lines: ['s09'],
    policy: '{ max-age: 180d }',
    exit: 0,
    verdicts: ['STALE s09'],
    says: [/^warning: s09 is STALE: its current value is 730 days old \(of \d{4}-.*\), and its policy allows 180\./],
    warnings: 1,
  },
  'S10 a value that was rotated from outside': {
    given: () => makeOld('s10', 20, { created: NOW - 900 * DAY }),
    lines: ['s10'],
    policy: '{ max-age: 180d }',
    exit: 0,
    verdicts: ['EXISTS s10'],
    says: [],
  },
  'S11 a value that is a placeholder': {
    given: () => make('s11', 'changeme'),
    lines: ['s11'],
    policy: '{ not-placeholder: true }',
    exit: 1,
    verdicts: ['PLACEHOLDER s11'],
    says: ['error: s11 is PLACEHOLDER: its value, or one in it, is what a template has'],
  },
  'S12 a key that the value has not': {
    given: () => make('s12', JSON.stringify({ apiKey: 'correct-horse', other: 'battery-staple' })),
    lines: ['s12#apiKey,apiSecret'],
    exit: 1,
    verdicts: ['KEY-MISSING s12'],
    says: ['error: s12 is KEY-MISSING: it has no key apiSecret.'],
  },
  'S13 a value that is not JSON': {
    given: () => make('s13', 'correct-horse-battery-staple'),
    lines: ['s13#apiKey'],
    exit: 1,
    verdicts: ['KEY-MISSING s13'],
    says: ['error: s13 is KEY-MISSING: its value is not JSON, so it has no key apiKey.'],
  },
  'S14 an ExternalSecret without a status': {
    given: () => externalSecret('s14'),
    lines: ['external-secret:pay/s14'],
    exit: 1,
    verdicts: ['NOT-SYNCED external-secret:pay/s14'],
    says: ['error: external-secret:pay/s14 is NOT-SYNCED: it has no status'],
  },
  'S15 an ExternalSecret whose store has failed since': {
    given: () =>
      externalSecret('s15', {
        refreshTime: '2026-01-10T08:00:00Z',
        conditions: [
          {
            type: 'Ready',
            status: 'False',
            reason: 'SecretSyncedError',
            message: 'could not get secret data from provider',
            lastTransitionTime: '2026-01-11T09:00:00Z',
          },
        ],
      }),
    lines: ['external-secret:pay/s15'],
    exit: 1,
    verdicts: ['NOT-SYNCED external-secret:pay/s15'],
    says: [
      /^error: .*SecretSyncedError: could not get secret data from provider \(since 2026-01-11T09:00:00Z\)\. It was last/,
    ],
  },
  'S16 a GitHub secret that is empty in a pull request from a fork': {
    lines: ['env:API_KEY'],
    step: { env: { API_KEY: '' }, event: { name: 'pull_request', payload: { pull_request: FORK } } },
    exit: 1,
    verdicts: ['EMPTY env:API_KEY'],
    says: ['error: env:API_KEY is EMPTY: this run is for a pull request from a fork'],
  },
  'S17 what a copy from a web page leaves around a name': {
    given: () => make('s17'),
    lines: ['\uFEFF s17\u200B'],
    exit: 0,
    verdicts: ['EXISTS s17'],
    says: ['warning: Input "secrets", line 1: invisible characters around "s17" were dropped.'],
  },
  'S18 a version in Vault that is deleted, and one that is destroyed': {
    given: async () => {
      for (const name of ['deleted', 'destroyed']) await vault('POST', `kv/data/${name}`, { data: { a: 'b' } });
      await vault('DELETE', 'kv/data/deleted', {});
      await vault('POST', 'kv/destroy/destroyed', { versions: [1] });
    },
    lines: ['vault:kv/deleted', 'vault:kv/destroyed'],
    exit: 1,
    verdicts: ['DELETING vault:kv/deleted', 'NO-VALUE vault:kv/destroyed'],
    says: [/vault:kv\/deleted is DELETING: .*vault kv undelete -versions=1/s, /vault:kv\/destroyed has NO-VALUE/],
  },
  'S19 a version at Google that is disabled, destroyed, or about to be': {
    given: () => {
      google('disabled', { state: 'DISABLED' });
      google('destroyed', { state: 'DESTROYED' });
      google('scheduled', { state: 'DISABLED', scheduledDestroy: NOW + 5 * DAY });
    },
    lines: ['destroyed', 'disabled', 'scheduled'].map((name) => `gcp:${P}/${name}`),
    exit: 1,
    verdicts: [`NO-VALUE gcp:${P}/destroyed`, `NO-VALUE gcp:${P}/disabled`, `DELETING gcp:${P}/scheduled`],
    says: [
      /is destroyed, for good/,
      /is disabled\.\nNext: gcloud secrets versions enable 1/,
      /is destroyed for good on \d{4}/,
    ],
  },
  'S20 a replica in the region of the deployment that is not in sync': {
    given: () =>
      make('s20', 'v', {
        region: 'us-east-1',
        replicas: [{ Region: 'eu-west-1', Status: 'Failed', StatusMessage: 'no' }],
      }),
    lines: [`${ARN('us-east-1')}s20`],
    exit: 1,
    verdicts: [`NOT-SYNCED ${ARN('us-east-1')}s20`],
    says: [/^error: .* is NOT-SYNCED: its replica in eu-west-1 is Failed \(no\)\. It is needed in eu-west-1/],
  },
  'S21 ARNs of other partitions': {
    given: () => [make('s21', 'v', { region: 'cn-north-1' }), make('s21', 'v', { region: 'us-gov-west-1' })],
    lines: [`${ARN('cn-north-1', 'aws-cn')}s21`, `${ARN('us-gov-west-1', 'aws-us-gov')}s21`],
    exit: 0,
    verdicts: [`EXISTS ${ARN('cn-north-1', 'aws-cn')}s21`, `EXISTS ${ARN('us-gov-west-1', 'aws-us-gov')}s21`],
    says: [],
  },
  'S22 credentials that have expired': {
    given: () => Object.assign(all.aws.behaviour, { accessKeys: { [KEY.accessKeyId]: { ...KEY, expired: true } } }),
    lines: ['s22/a', 's22/b', `${ARN('us-east-1')}s22`],
    exit: 1,
    verdicts: [`UNREACHABLE ${ARN('us-east-1')}s22`, 'UNREACHABLE s22/a', 'UNREACHABLE s22/b'],
    says: [/^error: The AWS credentials of this job have expired \(ExpiredTokenException\), so 3 secrets could not be/],
  },
};

it.each(Object.entries(ROWS))('%s', (_, row) => expectRow(row));
