import type { ManagedFields, ObjectMeta } from '@delivery-actions/kube';
import { describe, expect, it } from 'vitest';
import { judgeData, judgeMetadata } from '../../src/kubernetes/secret.ts';

const BORN = '2026-11-20T08:00:00Z';
const LATER = '2026-11-20T09:00:00Z';

function written(time: string, ...keys: readonly string[]): ManagedFields {
  const data = Object.fromEntries(['.', ...keys.map((key) => `f:${key}`)].map((field) => [field, {}]));
  return { manager: 'm', time, fieldsV1: { 'f:type': {}, ...(keys.length === 0 ? {} : { 'f:data': data }) } };
}

function meta(...managedFields: readonly ManagedFields[]): ObjectMeta {
  return { name: 'a', creationTimestamp: BORN, managedFields };
}

const wanted = (...keys: readonly string[]) => ({ keys, notPlaceholder: false });

describe('what the metadata of a Secret tell', () => {
  it('the keys that any manager has written are there', () => {
    expect(judgeMetadata(meta(written(BORN, 'a'), written(LATER, 'b.c')), wanted('a', 'b.c'))?.verdict).toBe('EXISTS');
  });

  it('a key that is in no entry may be there all the same', () => {
    expect(judgeMetadata(meta(written(BORN, 'a')), wanted('b'))).toBeUndefined();
    expect(judgeMetadata(meta(written(BORN, 'a')), wanted('.'))).toBeUndefined();
    expect(judgeMetadata(meta(), wanted('a'))).toBeUndefined();
  });

  it('S02 without any key it has NO-VALUE only if an entry is as old as it is', () => {
    expect(judgeMetadata(meta(written(BORN)), wanted())?.verdict).toBe('NO-VALUE');
    expect(judgeMetadata(meta(written(LATER)), wanted())?.verdict).toBe('EXISTS');
    expect(judgeMetadata(meta(), wanted())?.verdict).toBe('EXISTS');
  });

  it('nothing of a placeholder', () => {
    expect(judgeMetadata(meta(written(BORN, 'a')), { keys: ['a'], notPlaceholder: true })).toBeUndefined();
  });
});

describe('what its values tell', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const secret = (data?: Record<string, string>) => ({
    metadata: { name: 'a' },
    ...(data === undefined ? {} : { data }),
  });

  it.each([
    [{ a: 'v' }, 'EXISTS'],
    [{ a: '' }, 'EMPTY'],
    [{ A: 'v' }, 'KEY-MISSING'],
    [{ a: '{"not":"parsed"}' }, 'EXISTS'],
  ])('%j, asked for a: %s', (values, verdict) => {
    const data = Object.fromEntries(Object.entries(values).map(([key, text]) => [key, base64(text)]));
    expect(judgeData(secret(data), wanted('a')).verdict).toBe(verdict);
  });

  it('no key at all is NO-VALUE', () => {
    expect(judgeData(secret(), wanted('a')).verdict).toBe('NO-VALUE');
    expect(judgeData(secret({}), { keys: [], notPlaceholder: true }).verdict).toBe('NO-VALUE');
  });

  it('S11 a placeholder among all of them, or under the key that is asked for', () => {
    const data = { a: base64('real'), b: base64('changeme') };
    expect(judgeData(secret(data), { keys: [], notPlaceholder: true }).verdict).toBe('PLACEHOLDER');
    expect(judgeData(secret(data), { keys: ['a'], notPlaceholder: true }).verdict).toBe('EXISTS');
  });
});
