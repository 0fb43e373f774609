import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import {
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Run } from '@delivery-actions/action-kit';
import pMap from 'p-map';
import { type KeyFinding, lookInto } from '../keys.ts';
import type {
  Answer,
  Failure,
  ListedSecret,
  SecretDescription,
  SecretsManager,
  SecretsManagerOptions,
  WantedKeys,
} from './answer.ts';
import { meaning } from './obstacle.ts';
import type { SecretId } from './secret-id.ts';
import { unlessAborted } from './unless-aborted.ts';

/** So that one lost connection does not use up the whole timeout. In milliseconds. */
const LIMITS = { connectionTimeout: 5_000, requestTimeout: 15_000, throwOnRequestTimeout: true };

/** Of the SDK's three, one answer in some hundreds is throttled three times in a row when others use the account as well. */
const ATTEMPTS = 5;

/**
 * AWS Secrets Manager with the SDK's standard environment (credentials, endpoint, shared config). An ARN is asked in
 * its own region; a name in `region`, and without one in that of the shared config. More than 10 requests at a time gain
 * little and are what gets throttled: 200 at once against 50 a second lose a third of them.
 */
export async function secretsManager(
  { env, debug, mask }: Pick<Run, 'env' | 'debug' | 'mask'>,
  { region, concurrency, endpoint }: SecretsManagerOptions,
): Promise<SecretsManager> {
  // A service that refuses a signature may quote what was signed.
  for (const name of ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) mask(env[name] ?? '');
  const home = region ?? (await configuredRegion());
  const clients = new Map<string, SecretsManagerClient>();
  let login: Promise<unknown> | undefined;

  function clientFor(where: string): SecretsManagerClient {
    const known = clients.get(where);
    if (known !== undefined) return known;
    const [first] = clients.values();
    const client = new SecretsManagerClient({
      region: where,
      ...(endpoint === undefined ? {} : { endpoint }),
      // Found once for all regions: each search may be a call to STS or to the metadata service.
      ...(first === undefined ? {} : { credentials: first.config.credentials }),
      ...(env['AWS_MAX_ATTEMPTS'] ? {} : { maxAttempts: ATTEMPTS }),
      requestHandler: {
        ...LIMITS,
        httpAgent: new HttpAgent({ keepAlive: true, proxyEnv: env }),
        httpsAgent: new HttpsAgent({ keepAlive: true, proxyEnv: env }),
      },
    });
    clients.set(where, client);
    return client;
  }

  async function ask(secret: SecretId, signal: AbortSignal): Promise<Answer> {
    const where = secret.arn?.region ?? home;
    if (where === undefined) return { secret, region: where, result: NO_REGION };
    const client = clientFor(where);
    let during: Failure['during'] = 'credentials';
    try {
      login ??= client.config.credentials();
      await unlessAborted(login, signal);
      during = 'request';
      const command = new DescribeSecretCommand({ SecretId: secret.id });
      const description = await client.send(command, { abortSignal: signal });
      debug(`DescribeSecret ${secret.id} in ${where}: found (${trace(description)})`);
      return {
        secret,
        region: where,
        result: { ...summary(secret, description), ...(await pendingSince(client, description, signal)) },
      };
    } catch (error) {
      debug(`DescribeSecret ${secret.id} in ${where}: ${(error as Error).name} (${trace(error)})`);
      return { secret, region: where, result: failureOf(during, error) };
    }
  }

  /** Only the versions tell since when a rotation is under way; nothing else needs this permission. */
  async function pendingSince(
    client: SecretsManagerClient,
    description: DescribeSecretCommandOutput,
    abortSignal: AbortSignal,
  ): Promise<Pick<SecretDescription, 'rotation'>> {
    const { ARN } = description;
    const rotation = rotationOf(description);
    if (rotation === undefined || !rotation.pending) return rotation === undefined ? {} : { rotation };
    try {
      const command = new ListSecretVersionIdsCommand({ SecretId: ARN, MaxResults: 100 });
      const { Versions = [] } = await client.send(command, { abortSignal });
      const since = Versions.find(({ VersionStages }) => VersionStages?.includes('AWSPENDING'))?.CreatedDate;
      return { rotation: { ...rotation, ...(since === undefined ? {} : { pendingSince: since.getTime() }) } };
    } catch (error) {
      debug(`ListSecretVersionIds ${ARN}: ${(error as Error).name} (${trace(error)})`);
      return { rotation };
    }
  }

  async function currentSince(secret: SecretId, abortSignal: AbortSignal): Promise<number | Failure | undefined> {
    const where = secret.arn?.region ?? home;
    if (where === undefined) return NO_REGION;
    try {
      let next: string | undefined;
      do {
        const page = { SecretId: secret.id, MaxResults: 100, ...(next === undefined ? {} : { NextToken: next }) };
        const answer = await clientFor(where).send(new ListSecretVersionIdsCommand(page), { abortSignal });
        const current = answer.Versions?.find(({ VersionStages }) => VersionStages?.includes('AWSCURRENT'));
        if (current?.CreatedDate !== undefined) return current.CreatedDate.getTime();
        next = answer.NextToken;
      } while (next !== undefined);
      return undefined;
    } catch (error) {
      debug(`ListSecretVersionIds ${secret.id} in ${where}: ${(error as Error).name} (${trace(error)})`);
      return failureOf('request', error);
    }
  }

  /** The value does not leave this function. */
  async function read({ secret, ...wanted }: WantedKeys, abortSignal: AbortSignal): Promise<KeyFinding | Failure> {
    const where = secret.arn?.region ?? home;
    if (where === undefined) return NO_REGION;
    try {
      const command = new GetSecretValueCommand({ SecretId: secret.id });
      const { SecretString } = await clientFor(where).send(command, { abortSignal });
      debug(`GetSecretValue ${secret.id} in ${where}: read`);
      return lookInto(SecretString, wanted);
    } catch (error) {
      debug(`GetSecretValue ${secret.id} in ${where}: ${(error as Error).name} (${trace(error)})`);
      return withoutQuotes(failureOf('request', error));
    }
  }

  async function list(region: string, abortSignal: AbortSignal): Promise<readonly ListedSecret[] | undefined> {
    const found: ListedSecret[] = [];
    try {
      let next: string | undefined;
      do {
        const page = {
          MaxResults: 100,
          IncludePlannedDeletion: true,
          ...(next === undefined ? {} : { NextToken: next }),
        };
        const answer = await clientFor(region).send(new ListSecretsCommand(page), { abortSignal });
        for (const { Name, ARN } of answer.SecretList ?? [])
          if (Name !== undefined && ARN !== undefined) found.push({ name: Name, arn: ARN });
        next = answer.NextToken;
      } while (next !== undefined);
      debug(`ListSecrets in ${region}: ${found.length} secrets`);
      return found;
    } catch (error) {
      debug(`ListSecrets in ${region}: ${(error as Error).name} (${trace(error)})`);
      return undefined;
    }
  }

  return {
    list,
    lookInto: (wanted, signal) => pMap(wanted, (each) => read(each, signal), { concurrency }),
    ages: (secrets, signal) => pMap(secrets, (secret) => currentSince(secret, signal), { concurrency }),
    describe: (secrets, signal) => pMap(secrets, (secret) => ask(secret, signal), { concurrency }),
    [Symbol.dispose]() {
      for (const client of clients.values()) client.destroy();
    },
  };
}

const NO_REGION: Failure = { during: 'region', name: 'NoRegion', message: 'no region is configured' };

/** The words of a JSON parser are dropped, since it quotes what it was given. */
function failureOf(during: Failure['during'], error: unknown): Failure {
  const { name, message: said, code } = error as NodeJS.ErrnoException;
  const message = error instanceof SyntaxError ? '' : said;
  return { during, name, message, ...(typeof code === 'string' ? { code } : {}) };
}

/**
 * An answer that was cut short is an error of the JSON parser, which quotes what it was given, and that is a value here. Only
 * AWS's own words about a denial and those of the operating system are kept.
 */
function withoutQuotes(failure: Failure): Failure {
  const known = meaning(failure) === 'denied' || failure.code !== undefined;
  return known ? failure : { ...failure, message: '' };
}

/** The region of the profile in the shared config file, as self-hosted runners may have one. */
async function configuredRegion(): Promise<string | undefined> {
  const client = new SecretsManagerClient();
  try {
    return await client.config.region();
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}

function summary(
  { id }: SecretId,
  {
    ARN = id,
    DeletedDate,
    VersionIdsToStages = {},
    ReplicationStatus = [],
    Tags = [],
    KmsKeyId,
    OwningService,
  }: DescribeSecretCommandOutput,
): SecretDescription {
  const stages = Object.values(VersionIdsToStages).flat();
  const replicas = ReplicationStatus.map(({ Region = '', Status = '', StatusMessage }) => ({
    region: Region,
    status: Status,
    ...(StatusMessage === undefined ? {} : { message: StatusMessage }),
  }));
  return {
    arn: ARN,
    stages,
    ...(DeletedDate === undefined ? {} : { deleted: DeletedDate.getTime() }),
    ...(replicas.length === 0 ? {} : { replicas }),
    ...(Tags.length === 0 ? {} : { tags: Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])) }),
    ...(KmsKeyId ? { kmsKey: KmsKeyId } : {}),
    ...(OwningService ? { owner: OwningService } : {}),
  };
}

/** RotationEnabled is absent when rotation was never configured (SDK documentation). */
function rotationOf({
  RotationEnabled,
  NextRotationDate,
  VersionIdsToStages = {},
}: Pick<
  DescribeSecretCommandOutput,
  'RotationEnabled' | 'NextRotationDate' | 'VersionIdsToStages'
>): SecretDescription['rotation'] {
  if (RotationEnabled === undefined) return undefined;
  const pending = Object.values(VersionIdsToStages).some(
    (stages) => stages.includes('AWSPENDING') && !stages.includes('AWSCURRENT'),
  );
  return {
    enabled: RotationEnabled,
    pending,
    ...(NextRotationDate === undefined ? {} : { next: NextRotationDate.getTime() }),
  };
}

/** What AWS support asks for. */
function trace(result: unknown): string {
  const { $metadata = {} } = result as {
    $metadata?: { httpStatusCode?: number; requestId?: string; attempts?: number };
  };
  const { httpStatusCode = 'no status', requestId = 'none', attempts = 0 } = $metadata;
  return `HTTP ${httpStatusCode}, request id ${requestId}, attempts ${attempts}`;
}
