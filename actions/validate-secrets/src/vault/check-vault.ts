import type { Clock } from '@delivery-actions/waiting';
import pMap from 'p-map';
import { withAge } from '../check.ts';
import { judgeKeys, type KeyFinding, lookInto } from '../keys.ts';
import { requested } from '../request.ts';
import { isUsable } from '../severity.ts';
import type { RequestTo } from '../store.ts';
import { Unanswered } from '../unanswered.ts';
import { folders, type ListFolder, split, suggestion } from './folders.ts';
import { findMounts, type Mount } from './mounts.ts';
import { type Reading, readable, readPart, type VersionState } from './secret-reader.ts';
import type { VaultApi } from './vault-api.ts';
import type { Part, VaultCheck, VaultObstacle } from './vault-check.ts';

type VaultRequest = RequestTo<'vault'>;
type Placed = VaultCheck & { readonly mount: string; readonly path: string };

interface Asking {
  readonly api: VaultApi;
  readonly clock: Clock;
  readonly list: ListFolder;
  readonly policies: () => Promise<readonly string[] | undefined>;
}

/** What Vault tells about each secret, in the order of the question. Each is asked for in turn, `concurrency` at a time. */
export async function checkVault(
  requests: readonly VaultRequest[],
  { api, clock, concurrency }: { readonly api: VaultApi; readonly clock: Clock; readonly concurrency: number },
): Promise<readonly VaultCheck[]> {
  const paths = requests.map(({ reference }) => reference.path);
  const mounts = await findMounts(paths, api, concurrency);
  let policies: Promise<readonly string[] | undefined> | undefined;
  const asking: Asking = {
    api,
    clock,
    list: folders(api),
    policies: () => (policies ??= policiesOf(api)),
  };
  return pMap(
    requests,
    async (request) => {
      try {
        return await checkOne(request, mounts.get(request.reference.path), asking);
      } catch (error) {
        if (error instanceof Unanswered) return unreachable(request, error);
        throw error;
      }
    },
    { concurrency },
  );
}

export function unreachable(
  request: VaultRequest,
  { obstacle: cause, message, about: thing }: Unanswered<VaultObstacle>,
): VaultCheck {
  const obstacle = { cause, message, ...(thing === undefined ? {} : { about: thing }) };
  return { ...about(request), verdict: 'UNREACHABLE', obstacle };
}

function about(request: VaultRequest): Omit<VaultCheck, 'verdict'> {
  const { keys, policy } = request;
  const looks: readonly Part[] = policy?.notPlaceholder ? ['data'] : keys.length > 0 ? ['subkeys'] : [];
  return { ...requested(request), store: 'vault', region: null, needs: ['metadata', ...looks] };
}

async function checkOne(request: VaultRequest, mount: Mount | Unanswered<VaultObstacle> | undefined, asking: Asking) {
  if (mount === undefined) throw new Error(`the mount of ${request.id} was not looked for`);
  if (mount instanceof Unanswered) throw mount;
  const { api, clock } = asking;
  if (mount.engine !== 'kv 2')
    throw new Unanswered<VaultObstacle>(
      'not-kv-2',
      `${mount.path} is an engine of type ${mount.engine.replace(/ (\d)$/, ', version $1')}`,
      mount.path,
    );
  const path = request.reference.path.slice(mount.path.length);
  if (path === '')
    throw new Unanswered<VaultObstacle>('not-kv-2', `${request.id} is a mount, not a secret in it`, mount.path);
  const check: Placed = { ...about(request), verdict: 'EXISTS', mount: mount.path, path };

  const first = await readFirst(check, api);
  if (first.result === 'denied') return denied(check, asking);
  if (first.result === 'missing' || first.state === undefined) return missing(check, asking);
  const judged = { ...check, ...judgeState(first.state, clock.now()) };
  const maxAge = request.policy?.maxAge;
  const aged =
    first.state.created === undefined || judged.verdict !== 'EXISTS'
      ? judged
      : withAge(judged, first.state.created, maxAge, clock.now());
  return isUsable(aged) && check.needs.length > 1 ? withKeys(aged, request, first, asking) : aged;
}

/** The metadata, or what the token may read instead of it; a value only if this line asks to look into it. */
async function readFirst(check: Placed, api: VaultApi): Promise<Reading> {
  const metadata = await readPart(api, check, 'metadata');
  if (metadata.result !== 'denied') return metadata;
  const may = await readable(api, check);
  const other = (['subkeys', 'data'] as const).find(
    (part) => may.has(part) && (part === 'subkeys' || check.needs.length > 1),
  );
  return other === undefined ? metadata : readPart(api, check, other);
}

/** A version that was deleted or destroyed still has its metadata. */
export function judgeState(
  { version, deletion, destroyed }: VersionState,
  now: number,
): Pick<VaultCheck, 'verdict' | 'version' | 'deleted' | 'destroyed' | 'expires'> {
  if (version === 0) return { verdict: 'NO-VALUE' };
  if (destroyed) return { verdict: 'NO-VALUE', version, destroyed: true };
  if (deletion === undefined) return { verdict: 'EXISTS', version };
  const when = new Date(deletion).toISOString();
  return deletion <= now
    ? { verdict: 'DELETING', version, deleted: when }
    : { verdict: 'EXISTS', version, expires: when };
}

/** Key names come without values from `subkeys`; Vault before 1.10 has no such path, and then the value is read. */
async function withKeys(check: Placed, request: VaultRequest, first: Reading, asking: Asking): Promise<VaultCheck> {
  const { api, clock, policies } = asking;
  const { keys, policy } = request;
  const notPlaceholder = policy?.notPlaceholder ?? false;
  const part: Part = notPlaceholder ? 'data' : 'subkeys';
  let reading = first.part === part || first.part === 'data' ? first : await readPart(api, check, part);
  const unknown = part === 'subkeys' && reading.result === 'missing';
  if (unknown || (part === 'subkeys' && reading.result === 'denied' && (await readable(api, check)).has('data')))
    reading = await readPart(api, check, 'data');
  if (reading.result === 'missing') return missing(check, asking);
  if (reading.result === 'denied') {
    const told = await policies();
    const denial = { part: reading.part, mayReadValue: false, ...(told === undefined ? {} : { policies: told }) };
    return { ...check, verdict: 'DENIED', denial, needs: unknown ? ['metadata', 'data'] : check.needs };
  }
  // Somebody deleted it between the two questions.
  if (reading.content === undefined)
    return { ...check, ...judgeState(reading.state ?? { version: 0, destroyed: false }, clock.now()) };
  const found =
    reading.part === 'subkeys'
      ? compareNames(Object.keys(reading.content), keys)
      : lookIntoValue(reading.content, { keys, notPlaceholder });
  return { ...check, found, verdict: judgeKeys(found) ?? check.verdict };
}

function compareNames(names: readonly string[], keys: readonly string[]): KeyFinding {
  const lower = new Set(names.map((name) => name.toLowerCase()));
  const missing = keys.filter((key) => !names.includes(key));
  return { missing, otherCase: missing.filter((key) => lower.has(key.toLowerCase())), empty: [] };
}

/** The value does not leave this function. */
function lookIntoValue(
  value: Readonly<Record<string, unknown>>,
  wanted: { keys: readonly string[]; notPlaceholder: boolean },
): KeyFinding {
  const found = lookInto(JSON.stringify(value), wanted);
  return wanted.notPlaceholder && Object.keys(value).length === 0 ? { ...found, blank: true } : found;
}

/** Vault refuses before it looks: the same for a secret that is not there. LIST of its folder tells, where that is allowed. */
async function denied(check: Placed, asking: Asking): Promise<VaultCheck> {
  const policies = await asking.policies();
  const may = await readable(asking.api, check);
  const [folder, name] = split(check.path);
  const names = await asking.list(check.mount, folder);
  if (names !== undefined && !names.includes(name)) return missing({ ...check, listed: false }, asking);
  return {
    ...check,
    verdict: names === undefined ? 'DENIED-OR-MISSING' : 'DENIED',
    ...(names === undefined ? {} : { listed: true }),
    denial: { part: 'metadata', mayReadValue: may.has('data'), ...(policies === undefined ? {} : { policies }) },
  };
}

async function missing(check: Placed, { api, list }: Asking): Promise<VaultCheck> {
  const meant = await suggestion(api, list, check);
  return { ...check, verdict: 'MISSING', ...(meant === undefined ? {} : { suggestion: meant }) };
}

/** The policies of the token. One that may not even ask for itself, and was let in nowhere, is no good token here. */
async function policiesOf(api: VaultApi): Promise<readonly string[] | undefined> {
  const { status, data = {} } = await api.get('auth/token/lookup-self');
  if (status === 200) {
    const all = [data['policies'], data['identity_policies']].flatMap((some) => (Array.isArray(some) ? some : []));
    return [...new Set(all.filter((policy) => typeof policy === 'string'))];
  }
  if (api.accepted) return undefined;
  throw new Unanswered<VaultObstacle>(
    'refused-token',
    `${new URL(api.address).host} does not accept the token (403: permission denied)`,
  );
}
