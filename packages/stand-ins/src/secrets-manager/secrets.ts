import { randomInt, randomUUID } from 'node:crypto';
import { ServiceError } from './error.ts';

export interface StoredVersion {
  readonly value: { readonly SecretString: string } | { readonly SecretBinary: string };
  /** Milliseconds since 1970, like every moment here. */
  readonly created: number;
  /** AWSCURRENT, AWSPREVIOUS, AWSPENDING and custom ones. Without any, the version is deprecated. */
  readonly stages: Set<string>;
}

export interface StoredSecret {
  readonly name: string;
  /** With the six random characters at its end. */
  readonly arn: string;
  readonly description?: string;
  readonly created: number;
  changed: number;
  /** When its deletion was asked for, and when the recovery window ends. */
  deletion?: { readonly asked: number; readonly due: number };
  rotation?: { readonly enabled: boolean; readonly next?: number; readonly last?: number };
  replicas?: readonly { readonly Region: string; readonly Status: string; readonly StatusMessage?: string }[];
  tags?: readonly { readonly Key: string; readonly Value: string }[];
  /** As it was set; without one it is the account's own key for Secrets Manager. */
  kmsKey?: string;
  /** The service that manages it. */
  owner?: string;
  readonly versions: Map<string, StoredVersion>;
}

/** The secrets of one region, as mutable state. */
export interface RegionSecrets {
  readonly region: string;
  readonly all: ReadonlyMap<string, StoredSecret>;
  /** By name, complete ARN, or an ARN without the random characters. */
  find(id: string): StoredSecret | undefined;
  create(name: string, description?: string): StoredSecret;
  /** Adds a version and moves the stages to it; answers its id. */
  put(secret: StoredSecret, value: StoredVersion['value'], stages?: readonly string[], versionId?: string): string;
  purge(secret: StoredSecret): void;
}

export function regionSecrets(region: string, account: string, now: () => number): RegionSecrets {
  const all = new Map<string, StoredSecret>();
  const prefix = `arn:${partitionOf(region)}:secretsmanager:${region}:${account}:secret:`;
  return {
    region,
    all,
    find(id) {
      if (!id.startsWith('arn:')) return all.get(id);
      return [...all.values()].find(({ arn }) => arn === id || arn.slice(0, -'-AbCdEf'.length) === id);
    },
    create(name, description) {
      const secret: StoredSecret = {
        name,
        arn: `${prefix}${name}-${randomSuffix()}`,
        ...(description === undefined ? {} : { description }),
        created: now(),
        changed: now(),
        versions: new Map(),
      };
      all.set(name, secret);
      return secret;
    },
    put(secret, value, stages = ['AWSCURRENT'], versionId = randomUUID()) {
      // The first version is current whatever was asked for (PutSecretValue, SDK documentation).
      const first = secret.versions.size === 0 ? ['AWSCURRENT'] : [];
      const version: StoredVersion = { value, created: now(), stages: new Set([...stages, ...first]) };
      if (version.stages.has('AWSCURRENT')) demoteCurrent(secret);
      for (const stage of version.stages) for (const other of secret.versions.values()) other.stages.delete(stage);
      secret.versions.set(versionId, version);
      secret.changed = now();
      return versionId;
    },
    purge(secret) {
      all.delete(secret.name);
    },
  };
}

function demoteCurrent(secret: StoredSecret): void {
  const current = [...secret.versions.values()].find(({ stages }) => stages.has('AWSCURRENT'));
  if (current === undefined) return;
  for (const { stages } of secret.versions.values()) stages.delete('AWSPREVIOUS');
  current.stages.add('AWSPREVIOUS');
}

/** The version that carries the stage, or the one with that id. */
export function versionOf(secret: StoredSecret, stage: string, versionId?: string): [string, StoredVersion] {
  const found = [...secret.versions].find(([id, { stages }]) =>
    versionId === undefined ? stages.has(stage) : id === versionId,
  );
  if (found !== undefined) return found;
  const asked = versionId === undefined ? `staging label: ${stage}` : `VersionId: ${versionId}`;
  throw new ServiceError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for ${asked}`,
  );
}

/** The partition of an ARN, from the region's name (AWS SDK, partitions.json). */
function partitionOf(region: string): string {
  const partitions = [
    ['cn-', 'aws-cn'],
    ['us-gov-', 'aws-us-gov'],
    ['us-iso-', 'aws-iso'],
    ['us-isob-', 'aws-iso-b'],
    ['eusc-', 'aws-eusc'],
  ] as const;
  return partitions.find(([start]) => region.startsWith(start))?.[1] ?? 'aws';
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function randomSuffix(): string {
  return Array.from({ length: 6 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}
