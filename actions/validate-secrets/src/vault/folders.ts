import { didYouMean } from '@delivery-actions/action-kit';
import { Unanswered } from '../unanswered.ts';
import { type Place, readPart } from './secret-reader.ts';
import { urlPath, type VaultApi } from './vault-api.ts';
import type { VaultCheck } from './vault-check.ts';

/** Names in a folder of a mount, folders with a slash behind them; undefined where LIST is not allowed or gives no answer. */
export type ListFolder = (mount: string, folder: string) => Promise<readonly string[] | undefined>;

/** Each folder is listed once, however many secrets are missing in it. */
export function folders(api: VaultApi): ListFolder {
  const lists = new Map<string, ReturnType<ListFolder>>();
  return (mount, folder) => {
    const path = `${urlPath(mount)}metadata/${folder === '' ? '' : `${urlPath(folder)}/`}?list=true`;
    const list = lists.get(path) ?? namesAt(api, path);
    lists.set(path, list);
    return list;
  };
}

async function namesAt(api: VaultApi, path: string): Promise<readonly string[] | undefined> {
  try {
    const { status, data } = await api.get(path);
    if (status === 404) return [];
    const keys = data?.['keys'];
    return status === 200 && Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : undefined;
  } catch (error) {
    if (error instanceof Unanswered) return undefined;
    throw error;
  }
}

/** `checkout/staging` and `db` of `checkout/staging/db`. */
export function split(path: string): readonly [folder: string, name: string] {
  const parts = path.split('/');
  return [parts.slice(0, -1).join('/'), parts.at(-1) ?? ''];
}

const MOST_SIBLINGS = 5;

/** The secret that was probably meant by one that is missing, from what the token may list. */
export async function suggestion(
  api: VaultApi,
  list: ListFolder,
  { mount, path }: Place,
): Promise<VaultCheck['suggestion']> {
  const line = (to: string) => `vault:${mount}${to}`;
  const [, inner] = /^(?:data|metadata)\/(.+)$/.exec(path) ?? [];
  if (inner !== undefined && (await isThere(api, { mount, path: inner }))) return { id: line(inner), why: 'api-path' };
  const [folder, name] = split(path);
  const names = (await list(mount, folder)) ?? [];
  if (names.includes(`${name}/`)) return { id: line(path), why: 'folder' };
  const near = didYouMean(
    name,
    names.filter((each) => !each.endsWith('/')),
  );
  const join = (...parts: readonly string[]) => parts.filter((part) => part !== '').join('/');
  if (near !== undefined) return { id: line(join(folder, near)), why: 'alike' };
  if (folder === '') return undefined;
  // The folder may be misspelt, or be that of another environment: a folder beside it that has the name.
  const [above, wrong] = split(folder);
  const beside = ((await list(mount, above)) ?? [])
    .filter((each) => each.endsWith('/') && each !== `${wrong}/`)
    .map((each) => each.slice(0, -1));
  const alike = didYouMean(wrong, beside);
  for (const other of new Set([...(alike === undefined ? [] : [alike]), ...beside.slice(0, MOST_SIBLINGS)]))
    if ((await list(mount, join(above, other)))?.includes(name))
      return { id: line(join(above, other, name)), why: 'alike' };
  return undefined;
}

async function isThere(api: VaultApi, place: Place): Promise<boolean> {
  try {
    return (await readPart(api, place, 'metadata')).result === 'there';
  } catch (error) {
    if (error instanceof Unanswered) return false;
    throw error;
  }
}
