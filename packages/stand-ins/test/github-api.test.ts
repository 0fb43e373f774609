import { httpClient } from '@delivery-actions/http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GitHubApiStandIn, startGitHubApi, type WorkflowRunRecord } from '../src/index.ts';

const REPOSITORY = 'acme/app';
const http = httpClient();

let github: GitHubApiStandIn;
beforeEach(async () => {
  github = await startGitHubApi({ repository: REPOSITORY, token: 'secret' });
});
afterEach(() => github.close());

async function get(path: string, token = 'secret') {
  const url = path.startsWith('http') ? path : `${github.url}/repos/${REPOSITORY}/actions/${path}`;
  const response = await http.request({ url, headers: { authorization: `token ${token}` } });
  return { status: response.status, headers: response.headers, body: response.json() as Record<string, unknown> };
}

function run(id: number, more: Partial<WorkflowRunRecord> = {}): WorkflowRunRecord {
  const started = `2026-01-15T10:${String(id % 60).padStart(2, '0')}:00Z`;
  const about = { name: 'deliver', conclusion: 'success', head_branch: 'main', head_sha: 'a'.repeat(40) };
  return { id, run_number: id, ...about, run_started_at: started, ...more };
}

const build = {
  name: 'build',
  conclusion: 'success',
  started_at: '2026-01-15T10:00:05Z',
  completed_at: '2026-01-15T10:00:45Z',
};

describe('the GitHub API stand-in', () => {
  it('fills in what was not recorded, and answers the event of the run', async () => {
    const steps = [
      { ...build, name: 'Set up job' },
      { ...build, name: 'Run tests' },
    ];
    const event = github.recordRun({ run: run(7), jobs: [{ ...build, steps }] });
    expect(event).toMatchObject({
      action: 'completed',
      workflow: { name: 'deliver', path: '.github/workflows/deliver.yml' },
      workflow_run: { id: 7, status: 'completed', run_attempt: 1, updated_at: '2026-01-15T10:00:45Z', event: 'push' },
      repository: { full_name: REPOSITORY },
    });
    expect((await get('runs/7')).body).toEqual(JSON.parse(JSON.stringify(event.workflow_run)));
    const { body } = await get('runs/7/jobs');
    expect(body).toMatchObject({
      total_count: 1,
      jobs: [{ run_id: 7, created_at: build.started_at, steps: [{ number: 1 }, { number: 2, status: 'completed' }] }],
    });
  });

  it('keeps the attempts of a run apart; lists and the run itself show the last', async () => {
    github.recordRun({ run: run(7, { conclusion: 'failure' }), jobs: [{ ...build, conclusion: 'failure' }] });
    github.recordRun({ run: run(7, { run_attempt: 2 }), jobs: [build] });
    expect((await get('runs/7')).body).toMatchObject({ run_attempt: 2, conclusion: 'success' });
    expect((await get('runs/7/attempts/1')).body).toMatchObject({ conclusion: 'failure', previous_attempt_url: null });
    expect((await get('runs')).body).toMatchObject({ total_count: 1, workflow_runs: [{ run_attempt: 2 }] });
    expect((await get('runs/7/attempts/1/jobs')).body).toMatchObject({
      jobs: [{ conclusion: 'failure', run_attempt: 1 }],
    });
    expect((await get('runs/7/jobs?filter=latest')).body).toMatchObject({ total_count: 1 });
    expect((await get('runs/7/jobs?filter=all')).body).toMatchObject({ total_count: 2 });
  });

  it('gives pages, newest first, and links to the others', async () => {
    for (let id = 1; id <= 45; id += 1) github.recordRun({ run: run(id), jobs: [] });
    const first = await get('runs?per_page=20');
    expect((first.body['workflow_runs'] as { id: number }[]).map(({ id }) => id).slice(0, 2)).toEqual([45, 44]);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers['link'] ?? '')?.[1] ?? '';
    expect(next).toBe(`${github.url}/repos/${REPOSITORY}/actions/runs?per_page=20&page=2`);
    const third = await get(next.replace('&page=2', '&page=3'));
    expect(third.headers['link']).not.toContain('rel="next"');
    expect((third.body['workflow_runs'] as unknown[]).length).toBe(5);
    expect(((await get('runs')).body['workflow_runs'] as unknown[]).length).toBe(30);
    expect((await get('runs?per_page=100')).headers['link']).toBeUndefined();
  });

  it('lists the runs of one workflow, by id or file', async () => {
    github.recordRun({ run: run(1, { workflow_id: 5 }), jobs: [] });
    github.recordRun({ run: run(2, { name: 'lint' }), jobs: [] });
    expect((await get('workflows/5/runs')).body).toMatchObject({ workflow_runs: [{ id: 1 }] });
    expect((await get('workflows/lint.yml/runs')).body).toMatchObject({ workflow_runs: [{ id: 2 }] });
  });

  it('P05 knows of the newest runs in a list without filters only', async () => {
    for (const id of [1, 2, 3]) github.recordRun({ run: run(id, { conclusion: 'failure' }), jobs: [] });
    github.filtersLagBehind = 2;
    expect((await get('runs')).body).toMatchObject({ total_count: 3 });
    expect((await get('runs?status=failure')).body).toMatchObject({ total_count: 1, workflow_runs: [{ id: 1 }] });
    github.filtersLagBehind = 0;
    expect((await get('runs?branch=main&status=completed&created=>=2026-01-15T10:02:00Z')).body).toMatchObject({
      total_count: 2,
    });
    expect((await get('runs?branch=other')).body).toMatchObject({ total_count: 0 });
  });

  it('refuses as GitHub does', async () => {
    expect(await get('runs', 'wrong')).toMatchObject({
      status: 401,
      body: { message: 'Bad credentials', status: '401' },
    });
    expect(await get('runs/9')).toMatchObject({ status: 404, body: { message: 'Not Found', status: '404' } });
    github.trouble = 403;
    expect(await get('runs')).toMatchObject({
      status: 403,
      body: { message: 'Resource not accessible by integration' },
    });
  });
});
