import fc from 'fast-check';
import type { Step } from './both.ts';
import {
  type Event,
  event,
  mergeGroup,
  pullRequest,
  pullRequestTarget,
  push,
  pushed,
  REPOSITORY,
  schedule,
  workflowRun,
} from './events.ts';

const repository = REPOSITORY;
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

const branch = fc.constantFrom(...BRANCHES);
const tag = fc.constantFrom(...VERSIONS);

const events: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: tag.map((name) => push(`tags/${name}`)) },
  {
    weight: 1,
    arbitrary: tag.map((name) => event('push', `refs/tags/${name}`, { ...pushed, base_ref: 'refs/heads/release/1.x' })),
  },
  { weight: 4, arbitrary: branch.map((name) => push(`heads/${name}`)) },
  { weight: 2, arbitrary: fc.constant(pullRequest) },
  { weight: 1, arbitrary: fc.constant(pullRequestTarget) },
  {
    weight: 2,
    arbitrary: fc
      .oneof(
        branch.map((name) => `refs/heads/${name}`),
        tag.map((name) => `refs/tags/${name}`),
      )
      .map((ref) => event('workflow_dispatch', ref, { repository, ref, inputs: null })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Event>(event('schedule', 'refs/heads/main', { schedule: '0 3 * * *' }), schedule),
  },
  {
    weight: 2,
    arbitrary: tag.map((name) =>
      event('release', `refs/tags/${name}`, { repository, action: 'published', release: { tag_name: name } }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(
      branch.map((name) => event('create', `refs/heads/${name}`, { repository, ref: name, ref_type: 'branch' })),
      tag.map((name) => event('create', `refs/tags/${name}`, { repository, ref: name, ref_type: 'tag' })),
      branch.map((name) => event('delete', 'refs/heads/main', { repository, ref: name, ref_type: 'branch' })),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      mergeGroup,
      workflowRun,
      event('issue_comment', 'refs/heads/main', { repository, issue: { number: 3 } }),
      event('discussion', 'refs/heads/main', { repository, discussion: { number: 3 } }),
      event('repository_dispatch', 'refs/heads/main', { repository }),
    ),
  },
);

const expression = fc.constantFrom(
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
const text = fc.oneof(
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

const rule: fc.Arbitrary<string> = fc.oneof(
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

const several = (one: fc.Arbitrary<string>, maxLength: number) =>
  fc.array(one, { minLength: 1, maxLength }).map((lines) => lines.join('\n'));

const flavor = several(
  fc.oneof(
    fc.constantFrom('latest=auto', 'latest=true', 'latest=false', 'suffix=-a,onlatest=true', 'prefix=p-,onlatest=true'),
    fc.constantFrom(
      'latest=true,prefix=x-',
      'prefix=v,suffix=-z,onlatest=true',
      'prefix=a-,onlatest=true,suffix=-b',
      'prefix=a-,onlatest=false',
      '"prefix=q-,onlatest=true"',
    ),
    text.map((each) => `prefix=${each}`),
    text.map((each) => `suffix=${each},onlatest=true`),
  ),
  3,
);
const images = several(
  fc.constantFrom(
    ...['user/app', 'ghcr.io/User/App', 'name=ghcr.io/o/app', 'name=user/off,enable=false', 'localhost:5000/app'],
    ...[
      'ghcr.io/o/app,enable=true',
      '"name=user/quoted",enable=true',
      '"name=user/whole,enable=true"',
      'app',
      '# a comment',
      'user/app,user/bpp',
    ],
  ),
  3,
);
const pairs = several(
  fc.oneof(
    fc.constantFrom('maintainer=me', 'a=b=c', 'empty=', 'no-sign', 'org.opencontainers.image.title=Mine', 'quoted="x"'),
    fc.constantFrom(
      'a=1,b=2',
      'org.opencontainers.image.description=Text, with a comma',
      '# note',
      'a=2',
      'Z=z',
      'with space = x ',
    ),
    fc.constantFrom(
      '"quoted=whole, line"',
      'org.opencontainers.image.licenses=',
      'json={"a":1,"b":[1,2]}',
      'list=["a","b"]',
      "org.opencontainers.image.vendor=O'Brien & Co",
    ),
    expression.map((each) => `made=${each}`),
    expression.map((each) => `${each}-key=value`),
  ),
  4,
);

const sometimesOf = (name: string, arbitrary: fc.Arbitrary<string>, one: number) =>
  fc.oneof(
    { weight: one, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: arbitrary.map((given): Readonly<Record<string, string>> => ({ [name]: given })) },
  );

/** Steps as teams write them, and some as nobody should. */
export const steps: fc.Arbitrary<Step> = fc
  .tuple(
    events,
    fc.tuple(
      fc
        .tuple(
          several(rule, 3),
          fc.constantFrom('', '\ntype=sha', '\ntype=ref,event=tag\ntype=ref,event=branch', '\nfixed'),
        )
        .map(([rules, last]): Readonly<Record<string, string>> => ({ tags: `${rules}${last}` })),
      sometimesOf('flavor', flavor, 2),
      sometimesOf('labels', pairs, 3),
      sometimesOf('annotations', pairs, 3),
      sometimesOf('bake-target', fc.constantFrom('app', 'meta'), 9),
      sometimesOf('sep-tags', fc.constantFrom(',', ' ', ', ', ';'), 6),
      sometimesOf('sep-labels', fc.constantFrom('|', '\t', '; '), 9),
      sometimesOf('sep-annotations', fc.constantFrom('|', '\t', '; '), 9),
    ),
    fc.oneof({ weight: 3, arbitrary: fc.constant('user/app') }, { weight: 1, arbitrary: images }),
    fc.tuple(
      sometimesOf('DOCKER_METADATA_PR_HEAD_SHA', fc.constantFrom('true', 'false'), 5),
      sometimesOf('DOCKER_METADATA_SHORT_SHA_LENGTH', fc.constantFrom('7', '8', '12', '40'), 5),
      sometimesOf(
        'DOCKER_METADATA_ANNOTATIONS_LEVELS',
        fc.constantFrom('index', 'manifest,index', 'manifest-descriptor'),
        5,
      ),
    ),
  )
  .map(([of, inputs, given, env]) => ({
    event: of,
    env: Object.assign({ GITHUB_REPOSITORY: 'octocat/Hello-World' }, ...env),
    inputs: Object.assign({ images: given }, ...inputs),
  }));
