import type { HttpClient } from '@delivery-actions/http';
import { type GitHubRuns, GitHubTrouble } from './github-runs.ts';
import { workflowRun } from './workflow-run.ts';

export interface GitHubOptions {
  readonly token: string;
  /** `https://api.github.com`, or `https://HOST/api/v3` of a GitHub Enterprise Server. */
  readonly apiUrl: string;
  /** `owner/name` */
  readonly repository: string;
  readonly http: HttpClient;
  /** Milliseconds for one request. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** The Actions API, through Octokit on our own HTTP client: one deadline, one proxy setting, one debug log. */
export function githubRuns({ token, apiUrl, repository, http, timeout, signal }: GitHubOptions): GitHubRuns {
  const [owner = '', repo = ''] = repository.split('/');
  const base = { owner, repo };

  async function connect() {
    const [{ Octokit }, { paginateRest }, schema] = await Promise.all([
      import('@octokit/core'),
      import('@octokit/plugin-paginate-rest'),
      import('./github-schema.ts'),
    ]);
    const WithPages = Octokit.plugin(paginateRest);
    // Octokit would tell the console of a deprecation.
    const request = { fetch: fetchThrough(http, timeout, signal), log: { warn: () => {} } };
    return { octokit: new WithPages({ auth: token, baseUrl: apiUrl, request }), schema };
  }
  let connection: ReturnType<typeof connect> | undefined;
  const connected = () => {
    connection ??= connect();
    return connection;
  };

  return {
    jobs: ({ id, attempt }) =>
      told('the jobs', async () => {
        const { octokit, schema } = await connected();
        const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs';
        const jobs = await octokit.paginate(route, { ...base, run_id: id, attempt_number: attempt, per_page: 100 });
        return schema.readJobs(jobs).map(({ name, conclusion, created_at, started_at, completed_at }) => ({
          name,
          conclusion,
          createdAt: created_at,
          startedAt: started_at,
          completedAt: completed_at,
        }));
      }),
    attempt: ({ id, attempt }) =>
      told('an attempt of the run', async () => {
        const { octokit, schema } = await connected();
        const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}';
        try {
          const { data } = await octokit.request(route, { ...base, run_id: id, attempt_number: attempt });
          return workflowRun(schema.readRun(data), repository);
        } catch (error) {
          if ((error as { status?: unknown }).status === 404) return undefined;
          throw error;
        }
      }),
    async *pages() {
      const { octokit, schema } = await connected();
      const route = 'GET /repos/{owner}/{repo}/actions/runs';
      const pages = octokit.paginate.iterator(route, { ...base, per_page: 100 })[Symbol.asyncIterator]();
      for (;;) {
        const page = await told('the recent runs', async () => {
          const { done, value } = await pages.next();
          return done === true ? undefined : schema.readRuns(value.data);
        });
        if (page === undefined) return;
        yield page.map((run) => workflowRun(run, repository));
      }
    },
  };
}

/** As much of `fetch` as Octokit needs. */
function fetchThrough(http: HttpClient, timeout: number, signal: AbortSignal) {
  return async (url: string, { method, headers }: { method: string; headers: Record<string, string> }) => {
    const response = await http.request({ url, method, headers, timeout, signal, redirects: 3, retries: 2 });
    return {
      status: response.status,
      url: response.url,
      headers: new Map(Object.entries(response.headers)),
      text: async () => response.text,
      arrayBuffer: async () => response.body,
    };
  };
}

const READABLE = 'let the job read them:\npermissions:\n  actions: read';
const HINTS: Readonly<Record<number, string>> = { 401: 'check github-token', 403: READABLE, 404: READABLE };

async function told<Answer>(what: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    const { name } = error as { name?: unknown };
    if (name === 'UnknownShape') throw new GitHubTrouble(`GitHub answered with ${what} in an unknown shape`);
    // Octokit gives what our client throws the status 500 and keeps it as the cause.
    const { status, message, cause } = error as { status?: unknown; message?: string; cause?: unknown };
    if (cause instanceof Error) throw new GitHubTrouble(`${what} could not be read from GitHub: ${cause.message}`);
    if (typeof status !== 'number') throw error;
    const limited = /rate limit/i.test(message ?? '');
    throw new GitHubTrouble(
      `${what} could not be read from GitHub: it answered ${status} (${message})`,
      limited ? undefined : HINTS[status],
    );
  }
}
