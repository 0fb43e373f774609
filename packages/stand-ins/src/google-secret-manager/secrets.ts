import { GoogleError } from './google-error.ts';

export type VersionState = 'ENABLED' | 'DISABLED' | 'DESTROYED';

export interface GoogleVersion {
  /** Milliseconds since 1970, like every moment here. */
  readonly created: number;
  readonly value: string | Uint8Array;
  state: VersionState;
  scheduledDestroy?: number;
}

export interface GoogleSecret {
  /** `projects/p/secrets/s`, with `locations/l` between for a regional one. */
  readonly name: string;
  /** Where its replicas are; automatic without them. */
  readonly locations?: readonly string[];
  /** Number 1 first. */
  readonly versions: GoogleVersion[];
}

/** The version that a name means: `latest` is the highest number, whatever its state is. */
export function versionOf(secret: GoogleSecret, asked: string): [number: number, version: GoogleVersion] {
  if (asked === 'latest' && secret.versions.length === 0)
    throw new GoogleError(404, 'NOT_FOUND', `Secret [${secret.name}] not found or has no versions.`);
  const number = asked === 'latest' ? secret.versions.length : Number(asked);
  const version = secret.versions[number - 1];
  if (version !== undefined) return [number, version];
  throw new GoogleError(404, 'NOT_FOUND', `Secret Version [${secret.name}/versions/${asked}] not found.`);
}

export function describeVersion(secret: GoogleSecret, number: number, version: GoogleVersion): object {
  const { created, state, scheduledDestroy } = version;
  const replicas = secret.locations?.map((location) => ({ location }));
  const regional = secret.name.includes('/locations/');
  return {
    name: `${secret.name}/versions/${number}`,
    createTime: new Date(created).toISOString(),
    state,
    ...(regional
      ? {}
      : { replicationStatus: replicas === undefined ? { automatic: {} } : { userManaged: { replicas } } }),
    ...(scheduledDestroy === undefined ? {} : { scheduledDestroyTime: new Date(scheduledDestroy).toISOString() }),
    etag: '"1600a8e5c3d3a1"',
  };
}
