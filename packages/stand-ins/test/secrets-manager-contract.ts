import assert from 'node:assert/strict';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

/** Something that holds for AWS Secrets Manager, and so for everything that stands in for it. */
export interface ContractCase {
  readonly name: string;
  /** Throws when it does not hold. */
  run(): Promise<void>;
}

interface Target {
  readonly endpoint: string;
  readonly credentials: { accessKeyId: string; secretAccessKey: string };
}

const DAY = 86_400_000;

/** Each case makes its own secrets, so they run in any order against a server that other cases have used. */
export function secretsManagerContract({ endpoint, credentials }: Target): readonly ContractCase[] {
  let made = 0;

  async function withClients(
    use: (client: SecretsManagerClient, other: SecretsManagerClient, name: string) => Promise<void>,
  ) {
    const clientOf = (region: string) => new SecretsManagerClient({ region, endpoint, credentials, maxAttempts: 1 });
    const client = clientOf('eu-west-1');
    const other = clientOf('us-east-1');
    made += 1;
    try {
      await use(client, other, `contract/${made}/secret`);
    } finally {
      client.destroy();
      other.destroy();
    }
  }

  const cases: Record<string, Parameters<typeof withClients>[0]> = {
    async 'a new secret is described without its value'(client, _, name) {
      const { ARN, VersionId = '' } = await client.send(
        new CreateSecretCommand({ Name: name, SecretString: 'hidden-value' }),
      );
      const described = await client.send(new DescribeSecretCommand({ SecretId: name }));
      assert.match(ARN ?? '', new RegExp(`^arn:aws:secretsmanager:eu-west-1:\\d{12}:secret:${name}-[A-Za-z0-9]{6}$`));
      assert.equal(described.ARN, ARN);
      assert.equal(described.Name, name);
      assert.ok(described.CreatedDate instanceof Date);
      assert.equal(described.DeletedDate, undefined);
      assert.deepEqual(described.VersionIdsToStages, { [VersionId]: ['AWSCURRENT'] });
      assert.doesNotMatch(JSON.stringify(described), /hidden-value/);
    },

    async 'a secret is found by its ARN and by its ARN without the random characters'(client, _, name) {
      const { ARN = '' } = await client.send(new CreateSecretCommand({ Name: name, SecretString: 'v' }));
      for (const id of [ARN, ARN.slice(0, -7)])
        assert.equal((await client.send(new DescribeSecretCommand({ SecretId: id }))).Name, name);
    },

    async 'a missing secret is a ResourceNotFoundException'(client, _, name) {
      const error = await failure(client.send(new DescribeSecretCommand({ SecretId: name })));
      assert.equal(error.name, 'ResourceNotFoundException');
      assert.match(error.message, /^Secrets Manager can't find the specified secret/);
    },

    async 'a missing secret answers with HTTP 400'(client, _, name) {
      const error = await failure(client.send(new DescribeSecretCommand({ SecretId: name })));
      assert.equal(error.$metadata.httpStatusCode, 400);
    },

    async 'a name with the random characters of the ARN is missing'(client, _, name) {
      const { ARN = '' } = await client.send(new CreateSecretCommand({ Name: name, SecretString: 'v' }));
      const error = await failure(client.send(new DescribeSecretCommand({ SecretId: `${name}${ARN.slice(-7)}` })));
      assert.equal(error.name, 'ResourceNotFoundException');
    },

    async 'a secret without a value has no versions, and reading it finds none that is current'(client, _, name) {
      await client.send(new CreateSecretCommand({ Name: name }));
      const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId: name }));
      assert.deepEqual(VersionIdsToStages ?? {}, {});
      const error = await failure(client.send(new GetSecretValueCommand({ SecretId: name })));
      assert.equal(error.name, 'ResourceNotFoundException');
      assert.match(error.message, /staging label: AWSCURRENT/);
    },

    async 'a new value moves AWSCURRENT and AWSPREVIOUS'(client, _, name) {
      const { VersionId: first = '' } = await client.send(new CreateSecretCommand({ Name: name, SecretString: 'one' }));
      const { VersionId: second = '' } = await client.send(
        new PutSecretValueCommand({ SecretId: name, SecretString: 'two' }),
      );
      const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId: name }));
      assert.deepEqual(VersionIdsToStages, { [first]: ['AWSPREVIOUS'], [second]: ['AWSCURRENT'] });
      assert.equal((await client.send(new GetSecretValueCommand({ SecretId: name }))).SecretString, 'two');
      const previous = new GetSecretValueCommand({ SecretId: name, VersionStage: 'AWSPREVIOUS' });
      assert.equal((await client.send(previous)).SecretString, 'one');
      const { Versions = [] } = await client.send(new ListSecretVersionIdsCommand({ SecretId: name }));
      assert.deepEqual(Versions.map(({ VersionId }) => VersionId).sort(), [first, second].sort());
      assert.ok(Versions.every(({ CreatedDate }) => CreatedDate instanceof Date));
    },

    async 'a pending value leaves the current one alone'(client, _, name) {
      const { VersionId: first = '' } = await client.send(new CreateSecretCommand({ Name: name, SecretString: 'one' }));
      const put = new PutSecretValueCommand({ SecretId: name, SecretString: 'two', VersionStages: ['AWSPENDING'] });
      const { VersionId: second = '' } = await client.send(put);
      const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId: name }));
      assert.deepEqual(VersionIdsToStages, { [first]: ['AWSCURRENT'], [second]: ['AWSPENDING'] });
    },

    async 'a binary value comes back as one'(client, _, name) {
      const bytes = Uint8Array.of(0, 255, 128, 7);
      await client.send(new CreateSecretCommand({ Name: name, SecretBinary: bytes }));
      const value = await client.send(new GetSecretValueCommand({ SecretId: name }));
      assert.deepEqual([...(value.SecretBinary ?? [])], [...bytes]);
      assert.equal(value.SecretString, undefined);
    },

    async 'a secret scheduled for deletion is described with its DeletedDate and cannot be read'(client, _, name) {
      await client.send(new CreateSecretCommand({ Name: name, SecretString: 'v' }));
      await client.send(new DeleteSecretCommand({ SecretId: name }));
      const described = await client.send(new DescribeSecretCommand({ SecretId: name }));
      assert.ok(described.DeletedDate instanceof Date);
      const error = await failure(client.send(new GetSecretValueCommand({ SecretId: name })));
      assert.equal(error.name, 'InvalidRequestException');
      assert.match(error.message, /marked/);
    },

    async 'DeletedDate is the moment of the request, not the end of the recovery window'(client, _, name) {
      await client.send(new CreateSecretCommand({ Name: name, SecretString: 'v' }));
      await client.send(new DeleteSecretCommand({ SecretId: name, RecoveryWindowInDays: 7 }));
      const { DeletedDate } = await client.send(new DescribeSecretCommand({ SecretId: name }));
      assert.ok(Math.abs((DeletedDate?.getTime() ?? 0) - Date.now()) < DAY, `it is ${DeletedDate?.toISOString()}`);
    },

    async 'a deletion says when the recovery window ends: after 30 days unless asked for otherwise'(client, _, name) {
      await client.send(new CreateSecretCommand({ Name: name, SecretString: 'v' }));
      const { DeletionDate } = await client.send(new DeleteSecretCommand({ SecretId: name }));
      assert.equal(Math.round(((DeletionDate?.getTime() ?? 0) - Date.now()) / DAY), 30);
    },

    async 'a recovery window is 7 to 30 days'(client, _, name) {
      await client.send(new CreateSecretCommand({ Name: name, SecretString: 'v' }));
      for (const RecoveryWindowInDays of [6, 31]) {
        const error = await failure(client.send(new DeleteSecretCommand({ SecretId: name, RecoveryWindowInDays })));
        assert.equal(error.name, 'InvalidParameterException');
      }
    },

    async 'a restored secret is as it was'(client, _, name) {
      await client.send(new CreateSecretCommand({ Name: name, SecretString: 'v' }));
      await client.send(new DeleteSecretCommand({ SecretId: name }));
      await client.send(new RestoreSecretCommand({ SecretId: name }));
      assert.equal((await client.send(new DescribeSecretCommand({ SecretId: name }))).DeletedDate, undefined);
      assert.equal((await client.send(new GetSecretValueCommand({ SecretId: name }))).SecretString, 'v');
    },

    async 'a deletion without recovery is final'(client, _, name) {
      await client.send(new CreateSecretCommand({ Name: name, SecretString: 'v' }));
      await client.send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }));
      const error = await failure(client.send(new DescribeSecretCommand({ SecretId: name })));
      assert.equal(error.name, 'ResourceNotFoundException');
    },

    async 'a name is taken once'(client, _, name) {
      await client.send(new CreateSecretCommand({ Name: name, SecretString: 'v' }));
      const error = await failure(client.send(new CreateSecretCommand({ Name: name, SecretString: 'v' })));
      assert.equal(error.name, 'ResourceExistsException');
    },

    async 'a name has letters, digits and /_+=.@-! only'(client, _, name) {
      const error = await failure(client.send(new CreateSecretCommand({ Name: `${name} #`, SecretString: 'v' })));
      assert.equal(error.name, 'ValidationException');
    },

    async 'a region knows its own secrets only'(client, other, name) {
      const { ARN } = await client.send(new CreateSecretCommand({ Name: name, SecretString: 'v' }));
      for (const id of [name, ARN]) {
        const error = await failure(other.send(new DescribeSecretCommand({ SecretId: id })));
        assert.equal(error.name, 'ResourceNotFoundException');
      }
    },

    async 'tags and the KMS key are described as they were set, and an absent key is the own one of the account'(
      client,
      _,
      name,
    ) {
      const Tags = [{ Key: 'team', Value: 'payments' }];
      const KmsKeyId = 'alias/checkout';
      await client.send(new CreateSecretCommand({ Name: name, SecretString: 'v', Tags, KmsKeyId }));
      await client.send(new CreateSecretCommand({ Name: `${name}/plain`, SecretString: 'v' }));
      const described = await client.send(new DescribeSecretCommand({ SecretId: name }));
      assert.deepEqual(described.Tags, Tags);
      assert.equal(described.KmsKeyId, KmsKeyId);
      const plain = await client.send(new DescribeSecretCommand({ SecretId: `${name}/plain` }));
      assert.equal(plain.KmsKeyId, undefined);
      assert.deepEqual(plain.Tags ?? [], []);
    },
    async 'versions are listed with their dates and stages'(client, _, name) {
      await client.send(new CreateSecretCommand({ Name: name, SecretString: '1' }));
      await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: '2' }));
      const { Versions = [] } = await client.send(new ListSecretVersionIdsCommand({ SecretId: name }));
      for (const { CreatedDate } of Versions) assert.ok(CreatedDate instanceof Date);
      const stages = Versions.map(({ VersionStages = [] }) => VersionStages.join('+'));
      assert.deepEqual(stages.sort(), ['AWSCURRENT', 'AWSPREVIOUS']);
    },
    async 'versions without a stage are listed only when asked for'(client, _, name) {
      await client.send(new CreateSecretCommand({ Name: name, SecretString: '1' }));
      for (const SecretString of ['2', '3'])
        await client.send(new PutSecretValueCommand({ SecretId: name, SecretString }));
      const count = async (IncludeDeprecated: boolean) => {
        const asked = new ListSecretVersionIdsCommand({ SecretId: name, IncludeDeprecated });
        return (await client.send(asked)).Versions?.length;
      };
      assert.equal(await count(true), 3);
      assert.equal(await count(false), 2);
    },
    async 'versions are listed in pages'(client, _, name) {
      await client.send(new CreateSecretCommand({ Name: name, SecretString: '1' }));
      await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: '2' }));
      const first = await client.send(new ListSecretVersionIdsCommand({ SecretId: name, MaxResults: 1 }));
      assert.equal(first.Versions?.length, 1);
      assert.ok(first.NextToken);
      const { NextToken } = first;
      const second = await client.send(new ListSecretVersionIdsCommand({ SecretId: name, MaxResults: 1, NextToken }));
      assert.equal(second.Versions?.length, 1);
      assert.equal(second.NextToken, undefined);
      assert.notEqual(second.Versions?.[0]?.VersionId, first.Versions?.[0]?.VersionId);
    },
    async 'secrets are listed in pages, by the start of their name, without those to be deleted'(client, _, name) {
      for (const last of ['a', 'b', 'c', 'deleted'])
        await client.send(new CreateSecretCommand({ Name: `${name}/${last}`, SecretString: 'v' }));
      await client.send(new DeleteSecretCommand({ SecretId: `${name}/deleted` }));
      const list = async (more: object) => {
        const names: string[] = [];
        let NextToken: string | undefined;
        do {
          const Filters = [{ Key: 'name' as const, Values: [name] }];
          const page = await client.send(
            new ListSecretsCommand({ Filters, MaxResults: 2, ...more, ...(NextToken && { NextToken }) }),
          );
          assert.ok((page.SecretList?.length ?? 0) <= 2);
          names.push(...(page.SecretList ?? []).map(({ Name = '' }) => Name));
          NextToken = page.NextToken;
        } while (NextToken !== undefined);
        return names.sort().map((each) => each.slice(name.length + 1));
      };
      assert.deepEqual(await list({}), ['a', 'b', 'c']);
      assert.deepEqual(await list({ IncludePlannedDeletion: true }), ['a', 'b', 'c', 'deleted']);
    },
  };

  return Object.entries(cases).map(([name, use]) => ({ name, run: () => withClients(use) }));
}

interface AwsError extends Error {
  readonly $metadata: { readonly httpStatusCode?: number };
}

async function failure(promise: Promise<unknown>): Promise<AwsError> {
  const error = await promise.then(
    () => assert.fail('it should have failed'),
    (reason: unknown) => reason,
  );
  return error as AwsError;
}
