import { didYouMean } from '@delivery-actions/action-kit';
import type { Clock } from '@delivery-actions/waiting';
import pMap from 'p-map';
import { withAge } from '../check.ts';
import { judgeKeys, lookInto } from '../keys.ts';
import { requested } from '../request.ts';
import { isUsable } from '../severity.ts';
import type { RequestTo } from '../store.ts';
import { Unanswered } from '../unanswered.ts';
import type { GoogleCheck, GoogleObstacle } from './google-check.ts';
import { secretName } from './reference.ts';
import type { SecretManagerApi, SecretVersion } from './secret-manager-api.ts';

export type GoogleRequest = RequestTo<'gcp'>;

interface Asking {
  readonly api: SecretManagerApi;
  readonly clock: Clock;
  readonly concurrency: number;
  readonly member: string | undefined;
}

/** What Secret Manager tells about each secret, in the order of the question. Each is asked for in turn, `concurrency` at a time. */
export async function checkGoogle(requests: readonly GoogleRequest[], asking: Asking): Promise<readonly GoogleCheck[]> {
  const { api, concurrency } = asking;
  const lists = new Map<string, ReturnType<SecretManagerApi['list']>>();
  const list: SecretManagerApi['list'] = (reference) => {
    const parent = `${reference.project}/${reference.location ?? ''}`;
    const names = lists.get(parent) ?? api.list(reference);
    lists.set(parent, names);
    return names;
  };
  return pMap(
    requests,
    async (request) => {
      try {
        return await checkOne(request, { ...asking, api: { ...api, list } });
      } catch (error) {
        if (error instanceof Unanswered) return unreachable(request, error);
        throw error;
      }
    },
    { concurrency },
  );
}

export function unreachable(request: GoogleRequest, error: Unanswered<GoogleObstacle>): GoogleCheck {
  const thing = error.about === undefined ? {} : { about: error.about };
  const obstacle = { cause: error.obstacle, message: error.message, ...thing };
  return { ...about(request, undefined), verdict: 'UNREACHABLE', obstacle };
}

function about(request: GoogleRequest, member: string | undefined): Omit<GoogleCheck, 'verdict'> {
  const { keys, policy, reference } = request;
  return {
    ...requested(request),
    store: 'gcp',
    region: reference.location ?? null,
    version: reference.version,
    reads: keys.length > 0 || (policy?.notPlaceholder ?? false),
    ...(member === undefined ? {} : { member }),
  };
}

async function checkOne(request: GoogleRequest, { api, clock, member }: Asking): Promise<GoogleCheck> {
  const { reference, policy } = request;
  const check: GoogleCheck = { ...about(request, member), verdict: 'EXISTS' };
  const version = await api.version(reference);
  if (version === 'denied') return denied(check, request, api);
  if (version === 'missing') return missing(check, request, api);
  const judged = { ...check, ...judgeVersion(version) };
  const placed = judged.verdict === 'EXISTS' ? inLocations(judged, version, request) : judged;
  const aged =
    version.created === undefined || placed.verdict !== 'EXISTS'
      ? placed
      : withAge(placed, version.created, policy?.maxAge, clock.now());
  return aged.reads && isUsable(aged) ? withValue(aged, request, api) : aged;
}

/**
 * Only an ENABLED version can be read. One that is destroyed under a delay is DISABLED until then, and can be enabled again
 * (Secret Manager, "Delay destruction of secret versions").
 */
export function judgeVersion({
  version,
  state,
  destruction,
}: SecretVersion): Pick<GoogleCheck, 'verdict' | 'version' | 'state' | 'destruction'> {
  if (state === 'DESTROYED') return { verdict: 'NO-VALUE', version, state };
  if (destruction !== undefined)
    return { verdict: 'DELETING', version, destruction: new Date(destruction).toISOString() };
  return state === 'ENABLED' ? { verdict: 'EXISTS', version } : { verdict: 'NO-VALUE', version, state: 'DISABLED' };
}

/** Replication is automatic, in places that were chosen, or a regional secret's own region only. */
function inLocations(
  check: GoogleCheck,
  { locations }: SecretVersion,
  { policy, reference }: GoogleRequest,
): GoogleCheck {
  const kept = reference.location === undefined ? locations : [reference.location];
  const missed = (policy?.replicas ?? []).filter((region) => kept !== undefined && !kept.includes(region));
  if (kept === undefined || missed.length === 0) return check;
  const replicas = missed.map((region) => ({ region, status: 'not there', needed: true }));
  return { ...check, verdict: 'NOT-SYNCED', locations: kept, replicas };
}

/** The value does not leave this function. */
async function withValue(check: GoogleCheck, request: GoogleRequest, api: SecretManagerApi): Promise<GoogleCheck> {
  const { keys, policy, reference } = request;
  const value = await api.access(reference);
  if (value === 'denied') return { ...check, verdict: 'DENIED', denial: { permission: 'access' } };
  if (value === 'no-value') return { ...check, verdict: 'NO-VALUE', state: 'DISABLED' };
  const found = lookInto(value.text, { keys, notPlaceholder: policy?.notPlaceholder ?? false });
  return { ...check, found, verdict: judgeKeys(found) ?? check.verdict };
}

/** Google answers alike for what is not there and for what is forbidden: "(or it may not exist)". */
async function denied(check: GoogleCheck, request: GoogleRequest, api: SecretManagerApi): Promise<GoogleCheck> {
  const names = await api.list(request.reference);
  const denial = { permission: 'get' } as const;
  if (names === undefined) return { ...check, verdict: 'DENIED-OR-MISSING', denial };
  if (names.includes(request.reference.secret)) return { ...check, verdict: 'DENIED', listed: true, denial };
  return suggested({ ...check, verdict: 'MISSING', listed: false }, request, names);
}

/** A secret without a version answers 404 as well, and so does one without that version. */
async function missing(check: GoogleCheck, request: GoogleRequest, api: SecretManagerApi): Promise<GoogleCheck> {
  if ((await api.secret(request.reference)) === 'there') {
    const state = request.reference.version === 'latest' ? 'NO-VERSIONS' : 'NO-SUCH-VERSION';
    return { ...check, verdict: 'NO-VALUE', state };
  }
  return suggested({ ...check, verdict: 'MISSING' }, request, (await api.list(request.reference)) ?? []);
}

function suggested(check: GoogleCheck, { reference }: GoogleRequest, names: readonly string[]): GoogleCheck {
  const meant = didYouMean(reference.secret, names);
  if (meant === undefined) return check;
  return { ...check, suggestion: `gcp:${secretName({ ...reference, secret: meant })}` };
}
