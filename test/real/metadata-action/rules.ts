import fc from 'fast-check';

const BRANCHES = [
  'main',
  'dev',
  'release/1.x',
  'feature/a_b.c',
  'my/feature#1245',
  'renovate/npm-x-5.x',
  'a&b',
  '1.2',
  'v2',
];
const VERSIONS = [
  ...['v1.2.3', '1.2.3', 'v10.0.0', '0.0.1', '1.2.3-rc.1', 'v2.0.8-beta.67', '1.2.3-0', '1.2.3-alpha', 'v1.2.3-rc1'],
  ...['1.2.3+build.5', 'v1.2.3-rc.1+build', '1.2.3rc2', '=1.2.3', 'V1.2.3', '01.2.3', '1.2.3.4'],
  ...['1', 'v1', '1.2', 'v0.29', '2026.01.15', '2026.1.15', '20260115', '20200110-RC2'],
  ...[
    '1.0.dev4',
    '1.0dev4',
    '1.1beta2',
    '1.2.post1',
    '1.2post1',
    '1!2.0',
    '1.0+local.1',
    '1.0a1',
    '1.0c1',
    '1.0-1',
    '1.0rc1.post2.dev3',
  ],
  ...[
    'p1/v1.0.0',
    'p1-v1.0.0',
    'web/1.2.3-rc.1',
    'app@1.2.3',
    'release-1.2.3',
    'release1',
    'sometag',
    'nightly',
    'latest',
    'v1.2.3_hotfix',
  ],
];

export const branch = fc.constantFrom(...BRANCHES);
export const tag = fc.constantFrom(...VERSIONS);

export const expression = fc.constantFrom(
  ...['{{branch}}', '{{tag}}', '{{sha}}', '{{base_ref}}', '{{is_default_branch}}', '{{is_not_default_branch}}'],
  ...['{{ branch }}', '{{{branch}}}', "{{date 'YYYYMMDD'}}", "{{date 'YYYYMMDD-HHmmss' tz='Asia/Tokyo'}}"],
  ...["{{commit_date 'YYYYMMDD'}}", "{{ commit_date 'YYYYMMDD-HHmm' tz='America/New_York' }}"],
  ...[
    "{{date 'X'}}",
    "{{date 'dddd-Do-MMM-GGGG-[W]WW-E'}}",
    "{{date 'YY.w.gg-Q'}}",
    "{{date 'LLLL'}}",
    "{{date 'Y.M.D.k.hA'}}",
  ],
  ...[
    "{{date 'YYYYMMDD-HHmmss-z'}}",
    '{{#if tag}}t{{else}}n{{/if}}',
    '{{#unless branch}}u{{/unless}}',
    "{{commit_date 'DDDD-dd-DDDo-HH[h]mm'}}",
    "{{date 'YYYY-[Q]Q ww'}}",
  ],
);
const literal = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('', 'dev-', 'v', 'a b', 'x/y', '_', 'Foo', 'a+b', "it's") },
  { weight: 1, arbitrary: fc.constantFrom('-alpine', 'é', '.x', '-', '#1', 'k=v', '<b>') },
);
export const text = fc.oneof(
  { weight: 3, arbitrary: literal },
  { weight: 2, arbitrary: expression },
  { weight: 1, arbitrary: fc.tuple(literal, expression, literal).map((parts) => parts.join('')) },
);

type Attribute = fc.Arbitrary<string | undefined>;
/** Most rules have few attributes. */
const sometimes = (attribute: fc.Arbitrary<string>): Attribute =>
  fc.option(attribute, { freq: 3, nil: undefined }).map((each) => each) as Attribute;
const mostly = (attribute: fc.Arbitrary<string>): Attribute =>
  fc.oneof({ weight: 1, arbitrary: fc.constant(undefined) }, { weight: 40, arbitrary: attribute });

const COMMON: readonly Attribute[] = [
  sometimes(
    fc.constantFrom('enable=true', 'enable=false', 'enable={{is_default_branch}}', 'enable={{is_not_default_branch}}'),
  ),
  sometimes(fc.constantFrom('priority=1', 'priority=150', 'priority=1001', 'priority=900', 'priority=-5')),
  sometimes(text.map((value) => `prefix=${value}`)),
  sometimes(text.map((value) => `suffix=${value}`)),
];

const ofVersion = mostly(
  fc
    .constantFrom(
      ...[
        '{{version}}',
        '{{raw}}',
        '{{major}}',
        '{{major}}.{{minor}}',
        'v{{major}}',
        '{{major}}.{{minor}}.{{patch}}',
        '{{ raw }}',
      ],
      ...['x{{raw}}', 'fixed', '{{raw}}{{version}}', '{{{version}}}'],
    )
    .map((pattern) => `pattern=${pattern}`),
);
const value = sometimes(fc.oneof(tag, text).map((each) => `value=${each}`));
const match = sometimes(
  fc
    .constantFrom(
      'match=v(.*)',
      String.raw`"match=v(\d.\d.\d)$"`,
      String.raw`match=\d+\.\d+\.\d+`,
      'match=nothing',
      'match=',
    )
    .map((each) => each),
);
const TYPES: Readonly<Record<string, readonly Attribute[]>> = {
  schedule: [sometimes(text.map((pattern) => `pattern=${pattern}`))],
  semver: [ofVersion, value, match],
  pep440: [ofVersion, value, match],
  match: [
    mostly(
      fc.constantFrom(
        ...[
          String.raw`pattern=\d+.\d+.\d+`,
          'pattern=v(.*)',
          String.raw`pattern=/v?(\d+)\.(\d+)/`,
          'pattern=/RC/i',
          'pattern=.*',
        ],
        ...[
          String.raw`"pattern=^v(\d{1,2}\.\d{1,3})"`,
          String.raw`pattern=(\d+)(-rc)?`,
          'pattern=/(?<all>.+)/g',
          'pattern=^$',
        ],
      ),
    ),
    sometimes(fc.constantFrom('group=0', 'group=1', 'group=2', 'group=9')),
    value,
  ],
  edge: [sometimes(fc.oneof(branch, fc.constant('')).map((name) => `branch=${name}`))],
  ref: [mostly(fc.constantFrom('event=branch', 'event=tag', 'event=pr'))],
  raw: [mostly(fc.oneof(text, text, tag).map((each) => `value=${each}`))],
  sha: [sometimes(fc.constantFrom('format=short', 'format=long'))],
};

export const rule: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .constantFrom(...Object.keys(TYPES))
      .chain((type) =>
        fc
          .tuple(...(TYPES[type] ?? []), ...COMMON)
          .map((attributes) => [`type=${type}`, ...attributes.filter((each) => each !== undefined)].join(',')),
      ),
  },
  { weight: 1, arbitrary: fc.oneof(literal, tag, expression).filter((each) => each !== '') },
);
