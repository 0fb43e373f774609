import { describe, expect, it } from 'vitest';
import { gitRef, named } from '../src/git-ref.ts';
import { mergeGroup, pullRequest, pullRequestTarget, push, workflowRun } from './events.ts';

const of = ({ name, ref, payload }: { name: string; ref: string; payload: Record<string, unknown> }) =>
  gitRef({ eventName: name, ref, payload });

describe('gitRef', () => {
  it.each([
    ['a push to a branch', push('refs/heads/feature/a'), { kind: 'branch', name: 'feature/a' }],
    ['a push of a tag', push('refs/tags/v1.2.3'), { kind: 'tag', name: 'v1.2.3' }],
    ['a pull request', pullRequest, { kind: 'pull request', name: '15' }],
    [
      'T02 a pull request is not the base branch that GITHUB_REF names',
      pullRequestTarget,
      { kind: 'pull request', name: '15' },
    ],
    [
      'T02 a workflow_run is for the branch of the run before it',
      workflowRun(),
      { kind: 'branch', name: 'release/2026-11' },
    ],
    [
      'a workflow_run after a pull request of this repository',
      workflowRun({ event: 'pull_request', pull_requests: [{ number: 7 }] }),
      { kind: 'pull request', name: '7' },
    ],
    [
      "a workflow_run after a fork's pull request from its main is not this repository's main",
      workflowRun({ event: 'pull_request', head_branch: 'main' }),
      { kind: 'unknown', name: 'main' },
    ],
    ['a workflow_run without a branch', workflowRun({ head_branch: null }), { kind: 'unknown', name: '' }],
    [
      'T17 a merge group is not a branch',
      mergeGroup,
      { kind: 'merge queue', name: 'gh-readonly-queue/main/pr-104-5f3331d7f7044c18ca9f12c77d961c4d7cf3276a' },
    ],
    ['no ref at all', push(''), { kind: 'unknown', name: '' }],
  ])('%s', (_, event, ref) => {
    expect(of(event)).toEqual(ref);
  });

  it('has a name for a sentence', () => {
    expect(
      [push('refs/heads/main'), pullRequest, push(''), workflowRun({ event: 'pull_request' })].map(of).map(named),
    ).toEqual([
      'branch "main"',
      'pull request 15',
      'no branch or tag',
      '"release/2026-11", which is no branch or tag of this repository',
    ]);
  });
});
