import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readContext, trueCommit, UserError } from '@delivery-actions/action-kit';
import { describe, expect, it } from 'vitest';

const SHA = '266574110acf203503badf966df2ea24b5d732d7';
const HEAD = '3370e228f2209994d57af4427fe64e71bb79ac96';
const env = {
  GITHUB_EVENT_NAME: 'push',
  GITHUB_SHA: SHA,
  GITHUB_REF: 'refs/heads/main',
  GITHUB_REPOSITORY: 'acme/checkout-service',
  GITHUB_RUN_ID: '4711',
};

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'context-')), 'event.json');
  writeFileSync(path, text);
  return path;
}

function problems(circumstances: Readonly<Record<string, string>>): string[] {
  try {
    readContext(circumstances);
  } catch (error) {
    if (error instanceof UserError) return error.findings.map(({ message }) => message);
    throw error;
  }
  return [];
}

describe('trueCommit', () => {
  it('T01 on pull_request is the head commit, not the merge commit that GITHUB_SHA names', () => {
    expect(trueCommit('pull_request', { pull_request: { head: { sha: HEAD }, merge_commit_sha: SHA } }, SHA)).toBe(
      HEAD,
    );
  });

  it('T02 on workflow_run is the commit of the run before it, not that of the default branch', () => {
    expect(trueCommit('workflow_run', { workflow_run: { head_sha: HEAD } }, SHA)).toBe(HEAD);
  });

  it('of pull_request_target is the base commit: code of a pull request is not what runs there', () => {
    expect(trueCommit('pull_request_target', { pull_request: { head: { sha: HEAD } } }, SHA)).toBe(SHA);
  });

  it.each(['push', 'merge_group', 'release', 'schedule', 'workflow_dispatch', 'deployment'])(
    'of %s is GITHUB_SHA',
    (event) => {
      expect(trueCommit(event, { pull_request: { head: { sha: HEAD } }, workflow_run: { head_sha: HEAD } }, SHA)).toBe(
        SHA,
      );
    },
  );

  it.each([
    [{}],
    [{ pull_request: null }],
    [{ pull_request: 'x' }],
    [{ pull_request: { head: { sha: '../../etc' } } }],
    [{ pull_request: { head: { sha: 'a'.repeat(50) } } }],
    [{ pull_request: { head: { sha: 7 } } }],
  ])('falls back to GITHUB_SHA on a payload such as %j', (payload) => {
    expect(trueCommit('pull_request', payload, SHA)).toBe(SHA);
  });
});

describe('readContext', () => {
  it('reads what the runner sets', () => {
    const event = { pull_request: { head: { sha: HEAD } } };
    expect(
      readContext({
        ...env,
        GITHUB_EVENT_NAME: 'pull_request',
        GITHUB_EVENT_PATH: file(JSON.stringify(event)),
        GITHUB_RUN_ATTEMPT: '3',
        GITHUB_WORKFLOW: 'deliver',
        GITHUB_ACTOR: 'octocat',
        GITHUB_SERVER_URL: 'https://github.acme.dev',
        GITHUB_API_URL: 'https://github.acme.dev/api/v3',
      }),
    ).toEqual({
      eventName: 'pull_request',
      payload: event,
      sha: SHA,
      commit: HEAD,
      ref: 'refs/heads/main',
      repository: 'acme/checkout-service',
      runId: 4711,
      runAttempt: 3,
      workflow: 'deliver',
      actor: 'octocat',
      serverUrl: 'https://github.acme.dev',
      apiUrl: 'https://github.acme.dev/api/v3',
    });
  });

  it('has the addresses of github.com where none is set, or an empty one', () => {
    expect(readContext({ ...env, GITHUB_SERVER_URL: '', GITHUB_RUN_ATTEMPT: '' })).toMatchObject({
      runAttempt: 1,
      serverUrl: 'https://github.com',
      apiUrl: 'https://api.github.com',
      payload: {},
    });
  });

  it('tells everything that is missing at once', () => {
    expect(problems({ GITHUB_SHA: 'main', GITHUB_REPOSITORY: 'acme', GITHUB_RUN_ATTEMPT: 'first' })).toEqual([
      'GITHUB_EVENT_NAME is not set.',
      'GITHUB_SHA is "main": expected a full commit sha.',
      'GITHUB_REPOSITORY is "acme": expected owner/name.',
      'GITHUB_RUN_ID is not set.',
      'GITHUB_RUN_ATTEMPT is "first": expected a number.',
    ]);
  });

  it.each(['not json', '[]', 'null', '7', ''])('refuses an event of %j without quoting it', (text) => {
    const path = file(text);
    expect(problems({ ...env, GITHUB_EVENT_PATH: path })).toEqual([
      `GITHUB_EVENT_PATH names ${path}, which is not a readable JSON object.`,
    ]);
  });
});
