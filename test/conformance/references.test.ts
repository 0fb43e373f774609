import { existsSync, readFileSync } from 'node:fs';
import { formatReference, InvalidReference, parseImageName, parseReference } from '@delivery-actions/oci';
import { describe, expect, it } from 'vitest';

const FILE = new URL('../../../shared/conformance/image-tag/reference-vectors.json', import.meta.url);

interface Vectors {
  readonly parse: readonly Parsed[];
  readonly with_name_failure: readonly { input: string }[];
  readonly domain_and_path: readonly Split[];
  readonly parse_named: readonly (Partial<Split> & { input: string; error?: string })[];
  readonly with_tag: readonly { name: string; tag: string; combined: string }[];
  readonly with_digest: readonly { name: string; digest: string; combined: string }[];
  readonly normalized_valid: readonly string[];
  readonly normalized_invalid: readonly string[];
  readonly repository_info: readonly { inputs: readonly string[]; full_name: string; domain: string; path: string }[];
  readonly any_reference: readonly { input: string; expected: string }[];
  readonly normalized_split: readonly Split[];
  readonly docker_ref: readonly { input: string; expected: string }[];
  readonly familiar_match: readonly unknown[];
  readonly regexp_domain: readonly { input: string; match: boolean }[];
  readonly regexp_name: readonly { input: string; match: boolean; subs: readonly [string, string] | null }[];
  readonly regexp_reference: readonly { input: string; match: boolean; subs?: readonly string[] }[];
  readonly regexp_identifier: readonly { input: string; match: boolean }[];
}

interface Split {
  readonly input: string;
  readonly domain: string;
  readonly path: string;
}

interface Parsed {
  readonly input: string;
  readonly error?: string;
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
}

/**
 * Where we differ on purpose. The vectors' "parse", "with_name" and regular expressions know no default registry; nobody
 * who writes an image name means them, so this project has one way to read a reference: with Docker's defaults.
 */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'parse_named test_com/foo': 'a name is not asked to be written out in full: Docker Hub is filled in',
  'parse_named test.com': 'a name is not asked to be written out in full: Docker Hub is filled in',
  'parse_named foo': 'a name is not asked to be written out in full: Docker Hub is filled in',
  'parse_named library/foo': 'a name is not asked to be written out in full: Docker Hub is filled in',
  'parse_named docker.io/foo': 'a name is not asked to be written out in full: library/ is filled in',
  [`regexp_name ${'a/'.repeat(128)}a`]:
    'the regular expression does not measure: 255 characters are the limit all the same',
};

/** What Docker makes of a name that the vectors give without its defaults. */
function withDefaults(name: string): string {
  const first = name.includes('/') ? (name.split('/')[0] ?? '') : '';
  if (/[.:A-Z]/.test(first) || first === 'localhost') return name;
  return `docker.io/${name.includes('/') ? '' : 'library/'}${name}`;
}

function name({ registry, repository }: { registry: string; repository: string }): string {
  return `${registry}/${repository}`;
}

describe.skipIf(!existsSync(FILE))('image references as distribution/reference reads them', () => {
  const vectors = (existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {}) as Vectors;
  const seen = new Set<string>();
  const each = <Case>(kind: keyof Vectors, label: (one: Case) => string, check: (one: Case) => void) => {
    for (const [index, one] of ((vectors[kind] ?? []) as readonly Case[]).entries()) {
      const key = `${kind} ${label(one)}`;
      const reason = EXCEPTIONS[key];
      if (reason !== undefined) seen.add(key);
      const title = `${kind} ${index}: ${JSON.stringify(label(one)).slice(0, 100)}`;
      it(reason === undefined ? title : `${title} (differs: ${reason})`, () => {
        if (reason === undefined) check(one);
        else expect(() => check(one), 'the exception is no longer needed').toThrow();
      });
    }
  };
  const input = (one: { input: string }) => one.input;

  each<Parsed>('parse', input, ({ input: text, error, repository = '', tag = '', digest = '' }) => {
    if (error !== undefined) return expect(() => parseReference(text)).toThrow(InvalidReference);
    const parsed = parseReference(text);
    expect(name(parsed)).toBe(withDefaults(repository));
    expect({ tag: parsed.tag ?? '', digest: parsed.digest ?? '' }).toEqual({ tag, digest });
  });
  each<{ input: string }>('with_name_failure', input, ({ input: text }) => {
    expect(() => parseImageName(text)).toThrow(InvalidReference);
  });
  for (const kind of ['domain_and_path', 'normalized_split'] as const) {
    each<Split>(kind, input, ({ input: text, domain, path }) => {
      expect(parseImageName(text)).toEqual({ registry: domain, repository: path });
    });
  }
  each<Vectors['parse_named'][number]>('parse_named', input, ({ input: text, error, domain, path }) => {
    if (error !== undefined) return expect(() => parseImageName(text)).toThrow(InvalidReference);
    expect(parseImageName(text)).toEqual({ registry: domain, repository: path });
  });
  each<Vectors['with_tag'][number]>(
    'with_tag',
    (one) => one.combined,
    (one) => {
      expect(formatReference({ ...parseImageName(one.name), tag: one.tag })).toBe(
        withDefaults(one.name) + one.combined.slice(one.name.length),
      );
    },
  );
  each<Vectors['with_digest'][number]>(
    'with_digest',
    (one) => one.combined,
    (one) => {
      expect(formatReference({ ...parseImageName(one.name), digest: one.digest })).toBe(
        withDefaults(one.name) + one.combined.slice(one.name.length),
      );
    },
  );
  each<string>('normalized_valid', String, (text) => {
    expect(() => parseReference(text)).not.toThrow();
  });
  each<string>('normalized_invalid', String, (text) => {
    expect(() => parseReference(text)).toThrow(InvalidReference);
  });
  each<Vectors['repository_info'][number]>(
    'repository_info',
    (one) => one.full_name,
    ({ inputs, domain, path }) => {
      for (const text of inputs) expect(parseImageName(text)).toEqual({ registry: domain, repository: path });
    },
  );
  each<Vectors['any_reference'][number]>('any_reference', input, ({ input: text, expected }) => {
    expect(formatReference(parseReference(text))).toBe(expected);
  });
  each<Vectors['docker_ref'][number]>('docker_ref', input, ({ input: text, expected }) => {
    const { tag = 'latest', digest, ...rest } = parseReference(text);
    expect(formatReference(digest === undefined ? { ...rest, tag } : { ...rest, digest })).toBe(expected);
  });
  each<Vectors['regexp_domain'][number]>('regexp_domain', input, ({ input: text, match }) => {
    if (match) expect(parseImageName(`${text}/app`)).toEqual({ registry: text, repository: 'app' });
    else expect(() => parseImageName(`${text}/app`)).toThrow(InvalidReference);
  });
  each<Vectors['regexp_name'][number]>('regexp_name', input, ({ input: text, match, subs }) => {
    if (!match) return expect(() => parseImageName(text)).toThrow(InvalidReference);
    expect(name(parseImageName(text))).toBe(withDefaults(subs?.filter((part) => part !== '').join('/') ?? ''));
  });
  each<Vectors['regexp_reference'][number]>('regexp_reference', input, ({ input: text, match, subs = [] }) => {
    if (!match) return expect(() => parseReference(text)).toThrow(InvalidReference);
    const parsed = parseReference(text);
    expect([name(parsed), parsed.tag ?? '', parsed.digest ?? '']).toEqual([
      withDefaults(subs[0] ?? ''),
      subs[1],
      subs[2],
    ]);
  });
  each<Vectors['regexp_identifier'][number]>('regexp_identifier', input, ({ input: text, match }) => {
    const isId = () => expect(() => parseReference(text)).toThrow(/is the id of an image/);
    if (match) isId();
    else expect(isId).toThrow();
  });

  it('every exception is one of the cases', () => {
    expect([...seen].sort()).toEqual(Object.keys(EXCEPTIONS).sort());
  });

  it(`familiar_match: ${vectors.familiar_match?.length ?? 0} cases are left out (patterns over names are nothing that an action has)`, () => {
    expect(vectors.familiar_match.length).toBeGreaterThan(0);
  });
});

describe.runIf(!existsSync(FILE))('image references as distribution/reference reads them', () => {
  it.skip(`SKIPPED: ../shared/conformance/image-tag/reference-vectors.json is not there`, () => {});
});
