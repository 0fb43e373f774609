import { type Exchange, listen, type StandIn, sendJson } from '../loopback.ts';
import type { RunRecording } from './records.ts';
import {
  type FullJob,
  type FullRun,
  fullJob,
  fullRun,
  type Place,
  type WorkflowRunEvent,
  workflowRunEvent,
} from './resources.ts';

export interface GitHubApiOptions {
  /** `owner/name`; there is one repository. */
  readonly repository?: string;
  /** What `Authorization` must carry; any token will do unless given. */
  readonly token?: string;
  readonly serverUrl?: string;
}

export interface GitHubApiStandIn extends StandIn {
  /** Keeps a run's attempt. Answers what its `workflow_run: completed` event would carry. */
  recordRun(recording: RunRecording): WorkflowRunEvent;
  /** `METHOD /path?query` of every request, oldest first. */
  readonly requests: readonly string[];
  /** Every request is answered with that status, as when GitHub is down or the token lacks a permission. */
  trouble: number | undefined;
  /**
   * How many of the newest runs a list with filters does not know of yet: such lists are answered from an index that lags
   * behind (dawidd6/action-download-artifact#56, with GitHub support's answer).
   */
  filtersLagBehind: number;
}

interface Reply {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Attempt {
  readonly run: FullRun;
  readonly jobs: readonly FullJob[];
}

const FILTERS = ['actor', 'branch', 'event', 'status', 'created', 'head_sha', 'check_suite_id'];

/** The Actions part of GitHub's REST API for one repository, version 2022-11-28. */
export async function startGitHubApi({
  repository = 'acme/checkout-service',
  token,
  serverUrl = 'https://github.com',
}: GitHubApiOptions = {}): Promise<GitHubApiStandIn> {
  const attempts = new Map<number, Attempt[]>();
  const requests: string[] = [];
  const standIn = await listen((exchange) => {
    const { status, body, headers } = answer(exchange);
    sendJson(exchange.response, status, body, { ...HEADERS, ...headers });
  });
  const place: Place = { repository, serverUrl, apiUrl: standIn.url };

  const newestFirst = (): FullRun[] =>
    [...attempts.values()]
      .flatMap((runs) => runs.at(-1)?.run ?? [])
      .sort((a, b) => b.created_at.localeCompare(a.created_at) || b.id - a.id);

  function answer(exchange: Exchange): Reply {
    const { url, method } = exchange;
    requests.push(`${method} ${url.pathname}${url.search}`);
    if (github.trouble !== undefined) return refusal(github.trouble);
    const given = /^(?:token|bearer) (.+)$/i.exec(exchange.headers.authorization ?? '')?.[1];
    if (token !== undefined && given !== token) return refusal(401);
    const prefix = `/repos/${repository}/actions/`;
    const path = decodeURIComponent(url.pathname).replace(/^\/api\/v3/, '');
    if (method !== 'GET' || !path.startsWith(prefix)) return refusal(404);

    const [kind, id, sub, number, leaf] = path.slice(prefix.length).split('/');
    if (kind === 'runs' && id === undefined)
      return page(exchange, 'workflow_runs', filtered(newestFirst(), url.searchParams));
    if (kind === 'workflows' && sub === 'runs' && number === undefined) {
      const own = newestFirst().filter((run) => String(run.workflow_id) === id || run.path.endsWith(`/${id}`));
      return page(exchange, 'workflow_runs', filtered(own, url.searchParams));
    }
    const all = kind === 'runs' ? (attempts.get(Number(id)) ?? []) : [];
    const one = sub === 'attempts' ? all.find(({ run }) => String(run.run_attempt) === number) : all.at(-1);
    const end = sub === 'attempts' ? leaf : sub;
    if (one === undefined) return refusal(404);
    if (end === undefined) return { status: 200, body: one.run };
    if (end !== 'jobs') return refusal(404);
    const every = sub === 'jobs' && url.searchParams.get('filter') === 'all';
    return page(exchange, 'jobs', every ? all.flatMap(({ jobs }) => jobs) : one.jobs);
  }

  /** What the index behind the filters knows; of `created`, only `>=TIME` is understood. */
  function filtered(runs: readonly FullRun[], query: URLSearchParams): readonly FullRun[] {
    if (!FILTERS.some((name) => query.has(name))) return runs;
    const is = (name: string, value: string | null) => !query.has(name) || query.get(name) === value;
    const since = /^>=(.+)$/.exec(query.get('created') ?? '')?.[1] ?? '';
    return runs
      .slice(github.filtersLagBehind)
      .filter((run) => is('branch', run.head_branch) && is('event', run.event) && is('head_sha', run.head_sha))
      .filter((run) => is('status', run.status) || is('status', run.conclusion))
      .filter((run) => run.created_at >= since);
  }

  const github: GitHubApiStandIn = {
    ...standIn,
    requests,
    trouble: undefined,
    filtersLagBehind: 0,
    recordRun({ run: record, jobs }) {
      const run = fullRun(record, jobs, place);
      const attempt = { run, jobs: jobs.map((job, index) => fullJob(job, index, run, place)) };
      const others = (attempts.get(run.id) ?? []).filter((known) => known.run.run_attempt !== run.run_attempt);
      attempts.set(
        run.id,
        [...others, attempt].sort((a, b) => a.run.run_attempt - b.run.run_attempt),
      );
      return workflowRunEvent(run, place);
    },
  };
  return github;
}

const HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'x-github-api-version-selected': '2022-11-28',
  'x-ratelimit-limit': '1000',
  'x-ratelimit-remaining': '999',
};

/** A page and the `Link` header that leads to the others; `per_page` is 30 unless given and 100 at most. */
function page({ request, url }: Exchange, name: string, items: readonly object[]): Reply {
  const size = Math.min(100, Math.max(1, Number(url.searchParams.get('per_page') ?? '30') || 30));
  const number = Math.max(1, Number(url.searchParams.get('page') ?? '1') || 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (target: number, rel: string) => {
    const address = new URL(url.pathname + url.search, `http://${request.headers.host}`);
    address.searchParams.set('page', String(target));
    return `<${address}>; rel="${rel}"`;
  };
  const links = [
    ...(number > 1 ? [link(number - 1, 'prev')] : []),
    ...(number < last ? [link(number + 1, 'next'), link(last, 'last')] : []),
    ...(number > 1 ? [link(1, 'first')] : []),
  ];
  return {
    status: 200,
    body: { total_count: items.length, [name]: items.slice((number - 1) * size, number * size) },
    ...(links.length > 0 ? { headers: { link: links.join(', ') } } : {}),
  };
}

function refusal(status: number): Reply {
  const message = MESSAGES[status] ?? 'Server Error';
  return { status, body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) } };
}

const MESSAGES: Readonly<Record<number, string>> = {
  401: 'Bad credentials',
  403: 'Resource not accessible by integration',
  404: 'Not Found',
};
