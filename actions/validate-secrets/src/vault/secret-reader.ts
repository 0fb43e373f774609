import { asObject, type JsonObject } from '../json-object.ts';
import { urlPath, type VaultApi } from './vault-api.ts';
import type { Part } from './vault-check.ts';

/** What is known of the current version. Moments are in milliseconds since 1970. */
export interface VersionState {
  /** 0 when there is none: metadata was written without a value. */
  readonly version: number;
  readonly created?: number;
  /** It is deleted since then, or deletes itself then. */
  readonly deletion?: number;
  readonly destroyed: boolean;
}

export interface Reading {
  readonly part: Part;
  readonly result: 'there' | 'missing' | 'denied';
  readonly state?: VersionState;
  /** Of `data` the value, of `subkeys` its keys without values; undefined when there is none. */
  readonly content?: JsonObject;
}

export interface Place {
  readonly mount: string;
  readonly path: string;
}

/** Asks for one part of a secret (Vault API, "KV secrets engine - version 2"). */
export async function readPart(api: VaultApi, { mount, path }: Place, part: Part): Promise<Reading> {
  const { status, data } = await api.get(`${urlPath(mount)}${part}/${urlPath(path)}`);
  if (status === 403) return { part, result: 'denied' };
  if (part === 'metadata') {
    if (status !== 200 || data === undefined) return { part, result: 'missing' };
    const version = Number(data['current_version'] ?? 0);
    const versions = asObject(data['versions']) ?? {};
    return { part, result: 'there', state: stateOf(version, asObject(versions[version])) };
  }
  // A version that is deleted or destroyed answers 404 with its metadata.
  const version = asObject(data?.['metadata']);
  if (version === undefined) return { part, result: 'missing' };
  const content = asObject(data?.[part]);
  const state = stateOf(Number(version['version'] ?? 0), version);
  return { part, result: 'there', state, ...(content === undefined ? {} : { content }) };
}

function stateOf(version: number, about: JsonObject | undefined): VersionState {
  if (version === 0 || about === undefined) return { version: 0, destroyed: false };
  const created = moment(about['created_time']);
  const deletion = moment(about['deletion_time']);
  return {
    version,
    destroyed: about['destroyed'] === true,
    ...(created === undefined ? {} : { created }),
    ...(deletion === undefined ? {} : { deletion }),
  };
}

function moment(text: unknown): number | undefined {
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** What the token may read; nothing when even that is not to be asked. */
export async function readable(api: VaultApi, { mount, path }: Place): Promise<ReadonlySet<Part>> {
  const parts: readonly Part[] = ['metadata', 'subkeys', 'data'];
  const paths = parts.map((part) => `${mount}${part}/${path}`);
  const { status, data = {} } = await api.post('sys/capabilities-self', { paths });
  if (status !== 200) return new Set();
  return new Set(
    parts.filter((_, index) => {
      const may = data[paths[index] ?? ''];
      return Array.isArray(may) && (may.includes('read') || may.includes('root'));
    }),
  );
}
