import { readFileSync } from 'node:fs';
import type { Finding } from './report/finding.ts';
import { UserError } from './user-error.ts';

export type EventPayload = Readonly<Record<string, unknown>>;

/** The run that this step belongs to, validated. */
export interface RunContext {
  /** `push`, `pull_request`, `workflow_run`, ... */
  readonly eventName: string;
  /** The webhook's body. Anything in it may be missing or hostile. */
  readonly payload: EventPayload;
  /** GITHUB_SHA as the runner gives it; `commit` is the one that was meant. */
  readonly sha: string;
  /** The true commit; see `trueCommit`. */
  readonly commit: string;
  /** `refs/heads/main`, `refs/tags/v1.2.3`, `refs/pull/7/merge` */
  readonly ref: string;
  /** `org/name` */
  readonly repository: string;
  readonly runId: number;
  readonly runAttempt: number;
  readonly workflow: string;
  readonly actor: string;
  /** `https://github.com`, or the address of a GitHub Enterprise Server. */
  readonly serverUrl: string;
  readonly apiUrl: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** SHA-1 or SHA-256, as git writes them. */
const FULL_SHA = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Reads and checks the run's context; everything that is missing is in one error. */
export function readContext(env: Env): RunContext {
  const problems: Finding[] = [];
  function required(name: string, shape: RegExp, expected: string): string {
    const value = env[name] ?? '';
    if (shape.test(value)) return value;
    problems.push({
      level: 'error',
      message: value === '' ? `${name} is not set.` : `${name} is "${value}": expected ${expected}.`,
      hint: 'this action runs as a step of a GitHub Actions job, which sets it; on another runner, set it by hand',
    });
    return '';
  }
  const eventName = required('GITHUB_EVENT_NAME', /^\w+$/, 'the name of an event');
  const sha = required('GITHUB_SHA', FULL_SHA, 'a full commit sha');
  const repository = required('GITHUB_REPOSITORY', /^[^/\s]+\/[^/\s]+$/, 'owner/name');
  const runId = required('GITHUB_RUN_ID', /^\d+$/, 'a number');
  const runAttempt = env.GITHUB_RUN_ATTEMPT ? required('GITHUB_RUN_ATTEMPT', /^\d+$/, 'a number') : '1';
  const payload = readPayload(env.GITHUB_EVENT_PATH, problems);
  if (problems.length > 0) throw UserError.all(problems);
  return {
    eventName,
    payload,
    sha,
    commit: trueCommit(eventName, payload, sha),
    ref: env.GITHUB_REF ?? '',
    repository,
    runId: Number(runId),
    runAttempt: Number(runAttempt),
    workflow: env.GITHUB_WORKFLOW ?? '',
    actor: env.GITHUB_ACTOR ?? '',
    serverUrl: env.GITHUB_SERVER_URL || 'https://github.com',
    apiUrl: env.GITHUB_API_URL || 'https://api.github.com',
  };
}

/**
 * The commit that the event is about. GITHUB_SHA is a merge commit on `pull_request` and the default branch's commit on
 * `workflow_run`, neither of which is what was built (GitHub docs, "Events that trigger workflows").
 */
export function trueCommit(eventName: string, payload: EventPayload, sha: string): string {
  if (eventName === 'pull_request') return shaAt(payload, 'pull_request', 'head', 'sha') ?? sha;
  if (eventName === 'workflow_run') return shaAt(payload, 'workflow_run', 'head_sha') ?? sha;
  return sha;
}

function shaAt(payload: EventPayload, ...path: readonly string[]): string | undefined {
  let value: unknown = payload;
  for (const key of path)
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return typeof value === 'string' && FULL_SHA.test(value) ? value : undefined;
}

function readPayload(path: string | undefined, problems: Finding[]): EventPayload {
  if (path === undefined || path === '') return {};
  try {
    const payload: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof payload === 'object' && payload !== null && !Array.isArray(payload)) return payload as EventPayload;
  } catch {
    // Told below, without the parser's message: it quotes the text that it was given.
  }
  problems.push({
    level: 'error',
    message: `GITHUB_EVENT_PATH names ${path}, which is not a readable JSON object.`,
    hint: 'is a step of the job writing to that file?',
  });
  return {};
}
