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
import { branch, expression, rule, tag, text } from './rules.ts';

const repository = REPOSITORY;
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
