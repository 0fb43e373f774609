import type { Step } from './both.ts';
import { stepOf } from './cases.ts';
import type { Difference } from './differences.ts';
import { BARE, event, mergeGroup, pullRequestTarget, push, pushed, REPOSITORY, workflowRun } from './events.ts';

const BRANCH = push('heads/main');
const TAG = push('tags/v1.2.3');

/** A step for each difference that shows it and no other. */
export const EXAMPLES: Readonly<Record<Difference, readonly Step[]>> = {
  'no tag': [stepOf(BRANCH, { tags: 'type=ref,event=tag' }), stepOf(mergeGroup, { tags: 'type=ref,event=branch' })],
  'no image': [stepOf(BRANCH, { images: '' }), stepOf(BRANCH, { images: 'name=user/app,enable=false' })],
  refused: [
    stepOf(BRANCH, { tags: 'type=raw,value=,prefix=x' }),
    stepOf(BRANCH, { tags: 'type=raw,value={{brnch}}x' }),
    stepOf(BRANCH, { tags: 'type=sha,formt=long' }),
    stepOf(BRANCH, { tags: 'type=raw,a,b' }),
    stepOf(BRANCH, { tags: 'type=sha,priority=high' }),
    stepOf(BRANCH, { tags: "type=raw,value={{date 'YYYY' tz='Mars/Base'}}" }),
    stepOf(BRANCH, { tags: 'type=raw,value={{commit_date YYYY-MM-DD}}' }),
    stepOf(BRANCH, { tags: '{{~branch~}}' }),
    stepOf(TAG, { tags: 'type=semver,pattern=\ntype=sha' }),
    stepOf(BRANCH, { flavor: 'onlatest=true,prefix=x-' }),
    stepOf(BRANCH, { images: 'https://ghcr.io/o/app' }),
    stepOf(BRANCH, { images: 'ghcr.io/o/app:latest' }),
    stepOf(BRANCH, { context: '' }),
    stepOf(BRANCH, { tags: '' }),
    stepOf(BRANCH, { 'bake-target': '' }),
  ],
  'zone name': [stepOf(BRANCH, { tags: "type=raw,value={{date 'HHmm-z' tz='Europe/Berlin'}}" })],
  'double quotes': [stepOf(BRANCH, { tags: 'type=raw,value={{date "YYYY"}}' })],
  comma: [stepOf(push('tags/release12'), { tags: String.raw`type=match,"pattern=^release(\d{1,2})",group=1` })],
  'no group': [stepOf(TAG, { tags: String.raw`type=semver,pattern={{version}},match=\d+\.\d+\.\d+` })],
  'first character': [stepOf(BRANCH, { tags: '-alpine\n.hidden' })],
  'nothing left': [stepOf(BRANCH, { tags: 'é' })],
  yaml: [stepOf(push('heads/1234567'), { tags: 'type=ref,event=branch' })],
  escaping: [stepOf(push('heads/a&b'), { tags: 'type=raw,value={{branch}}' })],
  metadata: [
    stepOf(push('tags/v1.2.3+build.5'), { tags: 'type=semver,pattern={{raw}}' }),
    stepOf(push('tags/1.0+local.1'), { tags: 'type=pep440,pattern={{version}}' }),
  ],
  'no match': [stepOf(TAG, { tags: 'type=semver,pattern={{version}},match=web-(.*)\ntype=sha' })],
  'empty value': [stepOf(BRANCH, { tags: 'type=raw,value={{tag}},prefix=x-\ntype=sha' })],
  'flag g': [stepOf(TAG, { tags: 'type=match,pattern=/v(.+)/g,group=1\ntype=sha' })],
  'latest is filled': [stepOf(BRANCH, { tags: 'type=sha', flavor: 'latest=true\nsuffix=-{{branch}},onlatest=true' })],
  'flavor =': [stepOf(BRANCH, { tags: 'type=ref,event=branch', flavor: 'prefix=k=v' })],
  'schedule expressions': [
    stepOf(event('schedule', 'refs/heads/main', { repository: REPOSITORY }), {
      tags: 'type=schedule,pattern={{branch}}',
    }),
  ],
  'created branch': [
    stepOf(event('create', 'refs/heads/dev', { repository: REPOSITORY }), {
      tags: 'type=raw,value=x-{{is_default_branch}}',
    }),
  ],
  'true ref': [stepOf(workflowRun, { tags: 'type=ref,event=branch' })],
  'base commit': [{ ...stepOf(pullRequestTarget, { tags: 'type=sha' }), env: { DOCKER_METADATA_PR_HEAD_SHA: 'true' } }],
  'once each': [
    stepOf(BRANCH, { tags: 'latest', flavor: 'latest=true' }),
    stepOf(BRANCH, { images: 'user/app\nUser/App' }),
  ],
  'all names': [stepOf(BRANCH, { images: 'user/one,user/two\nuser/three' })],
  'label key': [stepOf(BRANCH, { labels: 'a = b\n{{tag}}=c', annotations: '=x' })],
  'own level': [stepOf(BRANCH, { annotations: 'index:a=b' })],
  checkout: [],
  comment: [stepOf(BRANCH, { tags: 'a\n  # b' })],
  'not enabled': [stepOf(BRANCH, { tags: 'type=raw,enable=false\ntype=sha' })],
  'empty label': [
    {
      ...stepOf(event('push', 'refs/heads/main', { ...pushed, repository: BARE }), {}),
      env: { GITHUB_REPOSITORY: BARE.full_name },
    },
  ],
  created: [{ ...stepOf(BRANCH, {}), env: { SOURCE_DATE_EPOCH: '1500000000' } }],
  'no API': [stepOf(event('schedule', 'refs/heads/main', {}), { tags: 'type=schedule' })],
};
