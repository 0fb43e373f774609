import { ServiceError } from './error.ts';
import { type RegionSecrets, type StoredSecret, type StoredVersion, versionOf } from './secrets.ts';

export type Operation = keyof typeof OPERATIONS;

/** The body of a request: what it holds is decided by its operation, and anything may be missing. */
export type Input = Readonly<Record<string, unknown>>;

type Output = Record<string, unknown>;

const DAY = 86_400_000;

/** What the service answers, operation by operation. Errors are ServiceErrors, moments are seconds since 1970. */
export const OPERATIONS = {
  CreateSecret(secrets: RegionSecrets, input: Input): Output {
    const name = text(input, 'Name') ?? '';
    if (!/^[A-Za-z0-9/_+=.@!-]{1,512}$/.test(name))
      throw new ServiceError(
        'ValidationException',
        'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
      );
    const taken = secrets.all.get(name);
    if (taken?.deletion !== undefined)
      throw new ServiceError(
        'InvalidRequestException',
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      );
    if (taken !== undefined)
      throw new ServiceError(
        'ResourceExistsException',
        `The operation failed because the secret ${name} already exists.`,
      );
    const secret = secrets.create(name, text(input, 'Description'));
    const kmsKey = text(input, 'KmsKeyId');
    if (kmsKey !== undefined) secret.kmsKey = kmsKey;
    if (Array.isArray(input['Tags'])) secret.tags = input['Tags'];
    const value = valueIn(input);
    if (value === undefined) return { ARN: secret.arn, Name: name };
    return {
      ARN: secret.arn,
      Name: name,
      VersionId: secrets.put(secret, value, undefined, text(input, 'ClientRequestToken')),
    };
  },

  DescribeSecret(secrets: RegionSecrets, input: Input): Output {
    const secret = existing(secrets, input);
    const staged = stagesOf(secret);
    const replicated = secret.replicas === undefined ? {} : { ReplicationStatus: secret.replicas };
    return { ...entry(secret), ...replicated, ...(staged === undefined ? {} : { VersionIdsToStages: staged }) };
  },

  GetSecretValue(secrets: RegionSecrets, input: Input): Output {
    const secret = usable(secrets, input);
    const [id, version] = versionOf(secret, text(input, 'VersionStage') ?? 'AWSCURRENT', text(input, 'VersionId'));
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: id,
      VersionStages: [...version.stages],
      CreatedDate: version.created / 1000,
      ...version.value,
    };
  },

  PutSecretValue(secrets: RegionSecrets, input: Input): Output {
    const secret = usable(secrets, input);
    const value = valueIn(input);
    if (value === undefined)
      throw new ServiceError('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
    const stages = input['VersionStages'] as readonly string[] | undefined;
    const id = secrets.put(secret, value, stages, text(input, 'ClientRequestToken'));
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: id,
      VersionStages: [...(secret.versions.get(id)?.stages ?? [])],
    };
  },

  DeleteSecret(secrets: RegionSecrets, input: Input, now: number): Output {
    const secret = existing(secrets, input);
    const days = (input['RecoveryWindowInDays'] as number | undefined) ?? 30;
    if (input['ForceDeleteWithoutRecovery'] === true) {
      secrets.purge(secret);
      return { ARN: secret.arn, Name: secret.name, DeletionDate: now / 1000 };
    }
    if (days < 7 || days > 30)
      throw new ServiceError(
        'InvalidParameterException',
        'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).',
      );
    secret.deletion = { asked: now, due: now + days * DAY };
    return { ARN: secret.arn, Name: secret.name, DeletionDate: secret.deletion.due / 1000 };
  },

  RestoreSecret(secrets: RegionSecrets, input: Input): Output {
    const secret = existing(secrets, input);
    delete secret.deletion;
    return { ARN: secret.arn, Name: secret.name };
  },

  ListSecrets(secrets: RegionSecrets, input: Input): Output {
    const filters = (input['Filters'] as readonly { Key: string; Values: readonly string[] }[] | undefined) ?? [];
    const names = filters.filter(({ Key }) => Key === 'name').flatMap(({ Values }) => Values);
    const found = [...secrets.all.values()]
      .filter(({ deletion }) => deletion === undefined || input['IncludePlannedDeletion'] === true)
      .filter(({ name }) => names.length === 0 || names.some((start) => name.startsWith(start)));
    const start = Number(text(input, 'NextToken') ?? 0);
    const end = start + ((input['MaxResults'] as number | undefined) ?? 100);
    return {
      SecretList: found
        .slice(start, end)
        .map((secret) => ({ ...entry(secret), SecretVersionsToStages: stagesOf(secret) })),
      ...(end < found.length ? { NextToken: String(end) } : {}),
    };
  },

  ListSecretVersionIds(secrets: RegionSecrets, input: Input): Output {
    const secret = existing(secrets, input);
    const versions = [...secret.versions].filter(
      ([, { stages }]) => stages.size > 0 || input['IncludeDeprecated'] === true,
    );
    const start = Number(text(input, 'NextToken') ?? 0);
    const end = start + ((input['MaxResults'] as number | undefined) ?? 100);
    return {
      ARN: secret.arn,
      Name: secret.name,
      ...(end < versions.length ? { NextToken: String(end) } : {}),
      Versions: versions.slice(start, end).map(([VersionId, { stages, created }]) => ({
        VersionId,
        VersionStages: [...stages],
        CreatedDate: created / 1000,
      })),
    };
  },
};

function existing(secrets: RegionSecrets, input: Input): StoredSecret {
  const secret = secrets.find(text(input, 'SecretId') ?? '');
  if (secret !== undefined) return secret;
  throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
}

function usable(secrets: RegionSecrets, input: Input): StoredSecret {
  const secret = existing(secrets, input);
  if (secret.deletion === undefined) return secret;
  throw new ServiceError(
    'InvalidRequestException',
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
}

/** Fields without a value are left out, as the service does. */
function entry(secret: StoredSecret): Output {
  const { rotation } = secret;
  return {
    ARN: secret.arn,
    Name: secret.name,
    ...(secret.description === undefined ? {} : { Description: secret.description }),
    CreatedDate: secret.created / 1000,
    LastChangedDate: secret.changed / 1000,
    ...(secret.tags === undefined ? {} : { Tags: secret.tags }),
    ...(secret.kmsKey === undefined ? {} : { KmsKeyId: secret.kmsKey }),
    ...(secret.owner === undefined ? {} : { OwningService: secret.owner }),
    ...(rotation === undefined ? {} : { RotationEnabled: rotation.enabled }),
    ...(rotation?.next === undefined ? {} : { NextRotationDate: rotation.next / 1000 }),
    ...(rotation?.last === undefined ? {} : { LastRotatedDate: rotation.last / 1000 }),
    // The moment of the request, not the end of the window (SDK documentation of SecretListEntry.DeletedDate).
    ...(secret.deletion === undefined ? {} : { DeletedDate: secret.deletion.asked / 1000 }),
  };
}

function stagesOf({ versions }: StoredSecret): Record<string, readonly string[]> | undefined {
  const staged = [...versions].filter(([, { stages }]) => stages.size > 0);
  return staged.length === 0 ? undefined : Object.fromEntries(staged.map(([id, { stages }]) => [id, [...stages]]));
}

function valueIn(input: Input): StoredVersion['value'] | undefined {
  const { SecretString, SecretBinary } = input;
  if (typeof SecretString === 'string') return { SecretString };
  return typeof SecretBinary === 'string' ? { SecretBinary } : undefined;
}

function text(input: Input, key: string): string | undefined {
  const value = input[key];
  return typeof value === 'string' ? value : undefined;
}
