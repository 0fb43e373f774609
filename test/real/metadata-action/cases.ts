import type { Step } from './both.ts';
import { event, pullRequest, pullRequestTarget, push, pushed, REPOSITORY, SHA, schedule } from './events.ts';

/**
 * What docker/metadata-action's own tests (github.com/docker/metadata-action at dc80280, `__tests__`) say of its notation, case
 * by case in our own words, where the recorded cases do not say it already: the event, the inputs, and the names of the tags.
 */
export const CASES: readonly (readonly [what: string, Step['event'], Step['inputs'], readonly string[]])[] = [
  ['a branch, without rules', push('heads/main'), {}, ['main']],
  ['a tag, without rules', push('tags/20200110-RC2'), {}, ['20200110-RC2', 'latest']],
  ['a pull request, without rules', pullRequest, {}, ['pr-15']],
  ['a schedule, without rules', schedule, {}, ['nightly', 'main']],
  ['edge of the default branch', push('heads/main'), { tags: 'type=edge\ntype=sha' }, ['edge', 'sha-860c190']],
  [
    'edge, after a rule of a higher priority',
    push('heads/main'),
    { tags: 'type=edge\ntype=ref,priority=2000,event=branch' },
    ['main', 'edge'],
  ],
  [
    'edge of another branch',
    push('heads/dev'),
    { tags: 'type=edge,branch=main\ntype=sha,format=long' },
    [`sha-${SHA}`],
  ],
  [
    'a long sha after a branch',
    push('heads/dev'),
    { tags: 'type=ref,event=branch\ntype=sha,format=long' },
    ['dev', `sha-${SHA}`],
  ],
  [
    'a rule that is not enabled',
    push('heads/dev'),
    { tags: 'type=ref,event=branch,enable=false\ntype=sha' },
    ['sha-860c190'],
  ],
  [
    'not the default branch',
    push('heads/dev'),
    { tags: 'type=raw,value=other,enable={{is_not_default_branch}}' },
    ['other'],
  ],
  [
    'one value, two schemes',
    push('heads/main'),
    { tags: 'type=semver,pattern={{version}},value=v1.2.3\ntype=pep440,pattern={{version}},value=v1.2.3\ntype=edge' },
    ['1.2.3', 'edge', 'latest'],
  ],
  [
    'a value that is matched',
    push('heads/main'),
    { tags: 'type=match,pattern=v(.*),group=1,value=v1.2.3\ntype=edge' },
    ['1.2.3', 'edge', 'latest'],
  ],
  [
    'a value of which a match takes part',
    push('heads/main'),
    { tags: String.raw`type=semver,pattern={{version}},value=p1/v1.2.3,"match=v(\d.\d.\d)$"` },
    ['1.2.3', 'latest'],
  ],
  [
    'dates, also of the commit, and elsewhere',
    push('heads/main'),
    {
      tags: "type=raw,value=at-{{date 'YYYYMMDD'}}\ntype=raw,value=of-{{commit_date 'YYYYMMDD'}}\ntype=raw,value=in-{{date 'YYYYMMDD-HHmmss' tz='Asia/Tokyo'}}",
    },
    ['at-20200110', 'of-20200110', 'in-20200110-093000'],
  ],
  [
    'expressions that are empty on a branch',
    push('heads/main'),
    { tags: 'type=raw,value=t-{{tag}}\ntype=raw,value=b-{{base_ref}}\ntype=raw,value=d,enable={{is_default_branch}}' },
    ['t-', 'b-', 'd'],
  ],
  [
    'eight digits',
    push('tags/20200110-RC2'),
    { tags: String.raw`type=match,pattern=\d{8}`, flavor: 'latest=false' },
    ['20200110'],
  ],
  [
    'a group before text',
    push('tags/20200110-RC2'),
    { tags: 'type=match,pattern=(.*)-RC,group=1', flavor: 'latest=false' },
    ['20200110'],
  ],
  [
    'a pattern in quotes',
    push('tags/v1.1.1'),
    { tags: String.raw`type=match,"pattern=^v(\d.\d.\d)$",group=1` },
    ['1.1.1', 'latest'],
  ],
  [
    'two groups',
    push('tags/v2.0.8-beta.67'),
    { tags: 'type=match,"pattern=v(.*)-beta.(.*)",group=1\ntype=match,"pattern=v(.*)-beta.(.*)",group=2' },
    ['2.0.8', '67', 'latest'],
  ],
  [
    'latest is up to the first rule',
    push('tags/v2.0.8-beta.67'),
    { tags: `${String.raw`type=match,priority=1,"pattern=\d.\d"`}\nfoo` },
    ['foo', '2.0'],
  ],
  [
    'no latest after a raw value',
    push('tags/v1.1.1'),
    { tags: 'type=raw,priority=2000,foo\ntype=ref,event=tag\ntype=edge' },
    ['foo', 'v1.1.1'],
  ],
  [
    'flags, and a pattern that does not match',
    push('tags/p1-v1.0.0'),
    {
      tags:
        String.raw`type=match,"pattern=/^v(\d.\d.\d)$/ig",group=1` +
        '\n' +
        String.raw`type=match,pattern=\d.\d.\d` +
        '\ntype=sha',
    },
    ['1.0.0', 'sha-860c190', 'latest'],
  ],
  [
    'a suffix that a rule takes off',
    push('tags/p1/v1.0.0'),
    {
      tags:
        String.raw`type=match,pattern=p1/v(\d.\d.\d),group=1` +
        '\n' +
        String.raw`type=match,pattern=p1/v(\d.\d),group=1,suffix=` +
        '\ntype=sha',
      flavor: 'suffix=-dev',
    },
    ['1.0.0-dev', '1.0', 'sha-860c190-dev', 'latest'],
  ],
  [
    'the branch that a tag was pushed from',
    event('push', 'refs/tags/v1.1.1', { ...pushed, base_ref: 'refs/heads/main' }),
    { tags: 'type=raw,{{tag}}-{{sha}}-foo\ntype=raw,{{base_ref}}-foo\ntype=raw,no,enable={{is_default_branch}}' },
    ['v1.1.1-860c190-foo', 'main-foo'],
  ],
  [
    'pep440 as it was written',
    push('tags/v1.1.1'),
    { tags: 'type=pep440,pattern={{raw}}\ntype=pep440,pattern={{major}}.{{minor}}' },
    ['v1.1.1', '1.1', 'latest'],
  ],
  [
    'a pre-release of pep440',
    push('tags/1.1beta2'),
    { tags: 'type=pep440,pattern={{major}}.{{minor}}\ntype=pep440,pattern={{major}}' },
    ['1.1b2'],
  ],
  [
    'a pre-release of pep440 as it was written',
    push('tags/v1.2.3rc2'),
    { tags: 'type=pep440,pattern={{raw}}\ntype=pep440,pattern={{major}}.{{minor}}' },
    ['v1.2.3rc2', '1.2.3rc2'],
  ],
  [
    'a pre-release of semver as it was written',
    push('tags/v2.0.8-beta.67'),
    { tags: 'type=semver,pattern={{raw}}' },
    ['v2.0.8-beta.67'],
  ],
  [
    'equal tags of pep440 once',
    push('tags/v1.1.1'),
    {
      tags: 'type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}.{{patch}}\ntype=pep440,pattern={{major}}',
    },
    ['1.1.1', '1', 'latest'],
  ],
  ['no latest', push('tags/v1.1.1'), { tags: 'type=ref,event=tag', flavor: 'latest=false' }, ['v1.1.1']],
  ['a pull request and its sha', pullRequest, { tags: 'type=ref,event=pr\ntype=sha' }, ['pr-15', 'sha-860c190']],
  [
    'a pull request with the prefix of nobody',
    pullRequest,
    { tags: 'type=ref,event=pr,prefix=', flavor: 'prefix=glo-\nsuffix=-bal' },
    ['15-bal'],
  ],
  [
    'a pull request, from its base',
    pullRequestTarget,
    { tags: 'type=sha,priority=2000\ntype=ref,event=pr' },
    ['sha-860c190', 'pr-15'],
  ],
  [
    'two dates of a schedule',
    schedule,
    { tags: "type=schedule,pattern={{date 'YYYYMMDD'}}\ntype=schedule,pattern=source-{{commit_date 'YYYY-MM-DD'}}" },
    ['20200110', 'source-2020-01-10'],
  ],
  [
    'a schedule between prefix and suffix',
    schedule,
    { tags: 'type=schedule', flavor: 'prefix=glo-\nsuffix=-bal' },
    ['glo-nightly-bal'],
  ],
  [
    'a release',
    event('release', 'refs/tags/v1.1.1', { repository: REPOSITORY }),
    { tags: 'type=ref,event=tag\ntype=raw,value=b-{{base_ref}}\ntype=raw,value=d,enable={{is_default_branch}}' },
    ['v1.1.1', 'b-', 'latest'],
  ],
  [
    'bare words',
    push('tags/release1'),
    { tags: 'type=ref,event=tag\ntype=raw,my\ncustom' },
    ['release1', 'my', 'custom', 'latest'],
  ],
  [
    'a branch after raw values',
    push('heads/dev'),
    { tags: 'type=ref,priority=90,event=branch\ntype=raw,my', flavor: 'latest=true' },
    ['my', 'dev', 'latest'],
  ],
  [
    'a prefix of its own',
    push('heads/dev'),
    { tags: 'type=raw,my,prefix=foo-,suffix=-bar\ntype=raw,custom', flavor: 'latest=false\nprefix=glo-\nsuffix=-bal' },
    ['foo-my-bar', 'glo-custom-bal'],
  ],
  [
    'tags with a space between them',
    push('heads/dev'),
    { tags: 'type=ref,event=branch\ntype=raw,my', 'sep-tags': ' ' },
    ['dev', 'my'],
  ],
  [
    'tags with a comma between them',
    push('heads/dev'),
    { tags: 'type=ref,event=branch\ntype=raw,my', 'sep-tags': ',' },
    ['dev', 'my'],
  ],
  [
    'a latest with its own prefix and suffix',
    push('heads/dev'),
    { tags: 'my', flavor: 'latest=true\nprefix=a-,onlatest=true\nsuffix=-b,onlatest=true' },
    ['a-my-b', 'a-latest-b'],
  ],
];

/** What both refuse. */
export const REFUSED: readonly (readonly [what: string, Step['inputs']])[] = [
  ['a flavor without a value', { flavor: 'latest' }],
  ['a flavor that is a word', { flavor: 'randomstr\nlatest=auto' }],
  ['a flavor that is not known', { flavor: 'unknown=foo' }],
  ['a latest that is not known', { flavor: 'latest=foo' }],
  ['an onlatest that is not known', { flavor: 'prefix=foo,onlatest=bar' }],
  ['a type that is not known', { tags: 'type=foo' }],
  ['an event that is not known', { tags: 'type=ref,event=foo' }],
  ['a ref without its event', { tags: 'type=ref' }],
  ['a semver without a pattern', { tags: 'type=semver' }],
  ['a match without a pattern', { tags: 'type=match' }],
  ['a group that is no number', { tags: 'type=match,pattern=v(.*),group=foo' }],
  ['a raw value that is missing', { tags: 'type=raw' }],
  ['a format that is not known', { tags: 'type=sha,format=foo' }],
  ['an image whose name is empty', { images: 'name=,enable=true' }],
  ['an attribute of an image that is not known', { images: 'name=user/app,bar=baz' }],
  ['an image that is neither enabled nor not', { images: 'name=user/app,enable=bar' }],
];

export function stepOf(of: Step['event'], inputs: Step['inputs']): Step {
  return { event: of, env: { GITHUB_REPOSITORY: REPOSITORY.full_name }, inputs: { images: 'user/app', ...inputs } };
}
