import type { KubeObject } from '@delivery-actions/kube';
import { goDuration } from './go-duration.ts';
import type { K8sCheck, Sync } from './k8s-check.ts';

export const GROUP = 'external-secrets.io';
/** What this reads, the best first; `v1alpha1` went with release 0.5. */
export const VERSIONS = ['v1', 'v1beta1'];

/** As much of an ExternalSecret as is read (external-secrets.io, API specification). */
export interface ExternalSecret extends KubeObject {
  readonly spec?: {
    readonly refreshInterval?: string;
    readonly refreshPolicy?: string;
    /** When a refresh may happen at all. */
    readonly syncWindows?: unknown;
    readonly target?: {
      readonly name?: string;
      readonly creationPolicy?: string;
      readonly immutable?: boolean;
      /** Another kind of object than a Secret. */
      readonly manifest?: unknown;
    };
  };
  readonly status?: {
    readonly refreshTime?: string | null;
    /** `GENERATION-HASH`: the hash of labels and annotations depends on the operator's release. */
    readonly syncedResourceVersion?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
      readonly lastTransitionTime?: string;
    }[];
  };
}

/** What an interval may be late by: queues and slow stores; a tenth of it, and five minutes at least. */
function grace(interval: number): number {
  return Math.max(300_000, interval / 10);
}

/** Reasons with which an ExternalSecret is Ready although there is no Secret. */
const WITHOUT_SECRET = ['SecretDeleted', 'SecretMissing'];
const LONGEST_MESSAGE = 500;

/** The verdict on what an ExternalSecret says of itself; EXISTS leaves open whether the Secret that it writes is there. */
export function judgeExternalSecret(
  { metadata, spec = {}, status = {} }: ExternalSecret,
  now: number,
): Pick<K8sCheck, 'verdict' | 'deletion' | 'sync'> {
  const { deletionTimestamp: since, finalizers = [], generation } = metadata;
  const { target = {}, refreshPolicy = 'Periodic', refreshInterval = '1h0m0s', syncWindows } = spec;
  const { conditions = [], syncedResourceVersion } = status;
  const ready = conditions.find(({ type }) => type === 'Ready');
  const refreshed = status.refreshTime ?? undefined;
  const writes = target.creationPolicy !== 'None' && target.manifest === undefined;
  const told: Sync = {
    target: writes ? (target.name ?? metadata.name) : null,
    ...(refreshed === undefined ? {} : { refreshed }),
    interval: refreshInterval,
  };
  if (since !== undefined) return { verdict: 'DELETING', deletion: { since, finalizers }, sync: told };
  const notSynced = (why: NonNullable<Sync['why']>) => ({ verdict: 'NOT-SYNCED', sync: { ...sync, why } }) as const;
  const sync: Sync =
    ready === undefined
      ? told
      : {
          ...told,
          condition: {
            reason: ready.reason ?? 'none',
            message: (ready.message ?? '').slice(0, LONGEST_MESSAGE),
            since: ready.lastTransitionTime ?? '',
          },
        };
  if (ready === undefined) return notSynced('no-status');
  if (ready.status !== 'True') return notSynced('not-ready');
  if (WITHOUT_SECRET.includes(ready.reason ?? '')) return notSynced('without-secret');

  const interval = goDuration(refreshInterval) ?? 0;
  // What is written once by intent is neither changed nor refreshed after it.
  const once = refreshPolicy === 'CreatedOnce' || (refreshPolicy === 'Periodic' && interval <= 0) || target.immutable;
  if (once) return { verdict: 'EXISTS', sync };
  const [synced] = /^\d+(?=-)/.exec(syncedResourceVersion ?? '') ?? [];
  if (synced !== undefined && generation !== undefined && Number(synced) !== generation) return notSynced('changed');
  if (refreshPolicy !== 'Periodic' || syncWindows !== undefined) return { verdict: 'EXISTS', sync };
  const last = refreshed === undefined ? Number.NaN : Date.parse(refreshed);
  return last + interval + grace(interval) >= now ? { verdict: 'EXISTS', sync } : notSynced('stale');
}
