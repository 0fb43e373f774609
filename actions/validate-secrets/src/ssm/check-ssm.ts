import { didYouMean } from '@delivery-actions/action-kit';
import type { Clock } from '@delivery-actions/waiting';
import pMap from 'p-map';
import type { Failure } from '../aws/answer.ts';
import { readDenial } from '../aws/denial.ts';
import { meaning } from '../aws/obstacle.ts';
import { withAge } from '../check.ts';
import { judgeKeys, lookInto } from '../keys.ts';
import { requested } from '../request.ts';
import { isUsable } from '../severity.ts';
import type { RequestTo } from '../store.ts';
import type { ParameterCheck } from './parameter-check.ts';
import type { Parameter, ParameterStore } from './parameter-store.ts';
import { bareName, split } from './reference.ts';

type ParameterRequest = RequestTo<'ssm'>;
type Asked = { readonly request: ParameterRequest; readonly region: string | undefined };
type Result = Parameter | Failure | undefined;

interface Asking {
  readonly store: ParameterStore;
  readonly clock: Clock;
  readonly concurrency: number;
}

/** GetParameters takes that many names. */
const BATCH = 10;
const NO_REGION: Failure = { during: 'region', name: 'NoRegion', message: 'no region is configured' };

/** What Parameter Store tells about each parameter, in the order of the question. */
export async function checkSsm(
  requests: readonly ParameterRequest[],
  { store, clock, concurrency }: Asking,
): Promise<readonly ParameterCheck[]> {
  const home = requests.some(({ reference }) => reference.region === undefined) ? await store.region() : undefined;
  const asked = requests.map((request): Asked => ({ request, region: request.reference.region ?? home }));
  const results = await described(asked, store, concurrency);
  const checks = asked.map((each) => judge(each, results.get(each), clock.now()));
  const looked = await pMap(
    checks,
    async (check, index) => {
      const { request, region } = asked[index] ?? {};
      if (request === undefined || region === undefined || !check.reads || !isUsable(check)) return check;
      return withValue(check, request, region, store);
    },
    { concurrency },
  );
  return settled(looked, asked, store, concurrency);
}

/** Ten names a call. A call is denied for all of its names when one is forbidden, and then each is asked for alone. */
async function described(
  asked: readonly Asked[],
  store: ParameterStore,
  concurrency: number,
): Promise<ReadonlyMap<Asked, Result>> {
  const results = new Map<Asked, Result>();
  const batches = [...Map.groupBy(asked, ({ region }) => region)].flatMap(([region, group]) => {
    // One name with two selectors, or as an ARN too, would be one parameter twice in a call.
    const plain = group.filter(({ request }) => !request.reference.name.includes(':'));
    const alone = group.filter((each) => !plain.includes(each)).map((each) => [each]);
    return [...chunks(plain), ...alone].map((batch) => ({ region, batch }));
  });
  await pMap(
    batches,
    async ({ region, batch }) => {
      if (region === undefined) for (const each of batch) results.set(each, NO_REGION);
      else for (const [each, result] of await askFor(batch, region, store)) results.set(each, result);
    },
    { concurrency },
  );
  return results;
}

async function askFor(batch: readonly Asked[], region: string, store: ParameterStore): Promise<[Asked, Result][]> {
  const names = batch.map(({ request }) => request.reference.name);
  const answer = await store.get(names, region, false);
  if (!('during' in answer)) return batch.map((each) => [each, answer.get(each.request.reference.name)]);
  if (batch.length === 1 || meaning(answer) !== 'denied') return batch.map((each) => [each, answer]);
  const results: [Asked, Result][] = [];
  for (const each of batch) results.push(...(await askFor([each], region, store)));
  return results;
}

function chunks(asked: readonly Asked[]): Asked[][] {
  const count = Math.ceil(asked.length / BATCH);
  return Array.from({ length: count }, (_, index) => asked.slice(index * BATCH, (index + 1) * BATCH));
}

function judge({ request, region }: Asked, result: Result, now: number): ParameterCheck {
  const { keys, policy } = request;
  const about: Omit<ParameterCheck, 'verdict'> = {
    ...requested(request),
    store: 'ssm',
    region: region ?? null,
    reads: keys.length > 0 || (policy?.notPlaceholder ?? false),
  };
  if (result === undefined) return { ...about, verdict: 'MISSING' };
  if ('during' in result) return { ...about, ...judgeFailure(result, false) };
  const { type, version, changed } = result;
  const check: ParameterCheck = { ...about, verdict: 'EXISTS', type, version };
  return changed === undefined ? check : withAge(check, changed, policy?.maxAge, now);
}

function judgeFailure(failure: Failure, decrypt: boolean): Pick<ParameterCheck, 'verdict' | 'denial' | 'obstacle'> {
  const meant = meaning(failure);
  if (meant === 'denied')
    return { verdict: decrypt ? 'DENIED' : 'DENIED-OR-MISSING', denial: { ...readDenial(failure.message), decrypt } };
  if (meant === 'missing') return { verdict: 'MISSING' };
  const { name, message, code = name } = failure;
  return { verdict: 'UNREACHABLE', obstacle: { cause: meant, error: code, message } };
}

/** The value does not leave this function. */
async function withValue(
  check: ParameterCheck,
  { reference, keys, policy }: ParameterRequest,
  region: string,
  store: ParameterStore,
): Promise<ParameterCheck> {
  const answer = await store.get([reference.name], region, true);
  if ('during' in answer) return { ...check, ...judgeFailure(answer, true) };
  const value = answer.get(reference.name)?.value;
  if (value === undefined) return { ...check, verdict: 'MISSING' };
  const found = lookInto(value, { keys, notPlaceholder: policy?.notPlaceholder ?? false });
  return { ...check, found, verdict: judgeKeys(found) ?? check.verdict };
}

/** The names in the folder of a parameter that is missing or forbidden tell whether it is there, and which one was meant. */
async function settled(
  checks: readonly ParameterCheck[],
  asked: readonly Asked[],
  store: ParameterStore,
  concurrency: number,
): Promise<readonly ParameterCheck[]> {
  const folderOf = ({ id, region }: ParameterCheck) =>
    JSON.stringify([region, split(bareName(id.slice('ssm:'.length)))[0]]);
  const inDoubt = checks.filter(({ verdict }) => verdict === 'MISSING' || verdict === 'DENIED-OR-MISSING');
  const folders = new Set(inDoubt.map(folderOf));
  const lists = new Map<string, readonly string[]>();
  await pMap(
    folders,
    async (folder) => {
      const [region, path] = JSON.parse(folder) as [string | null, string];
      const names = region === null ? undefined : await store.list(path, region);
      if (names !== undefined) lists.set(folder, names);
    },
    { concurrency },
  );
  return checks.map((check, index) => {
    const names = inDoubt.includes(check) ? lists.get(folderOf(check)) : undefined;
    const name = asked[index]?.request.reference.name ?? '';
    return names === undefined ? check : settle(check, bareName(name), names);
  });
}

function settle(check: ParameterCheck, name: string, names: readonly string[]): ParameterCheck {
  const { denial, ...rest } = check;
  if (names.includes(name)) return denial === undefined ? check : { ...check, verdict: 'DENIED', listed: true };
  const [, last] = split(name);
  const meant = didYouMean(
    last,
    names.map((each) => split(each)[1]),
  );
  const near = names.find((each) => split(each)[1] === meant);
  const suggestion = near === undefined ? {} : { suggestion: near };
  return { ...rest, verdict: 'MISSING', ...(denial === undefined ? {} : { listed: false }), ...suggestion };
}
