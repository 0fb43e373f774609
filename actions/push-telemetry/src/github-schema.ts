import {
  array,
  check,
  getDotPath,
  type InferOutput,
  nullish,
  number,
  object,
  pipe,
  regex,
  safeInteger,
  safeParse,
  string,
  transform,
} from 'valibot';

const time = pipe(
  string(),
  check((text) => !Number.isNaN(Date.parse(text)), 'expected a time such as 2026-11-21T12:00:00Z'),
  transform((text) => Date.parse(text)),
);
const repository = object({ full_name: pipe(string(), regex(/^[^/\s]+\/[^/\s]+$/, 'expected owner/name')) });

/**
 * A run in the event's payload and in the API's answers. GitHub's own examples have an empty name, no attempt, a status
 * `queued` and a conclusion `null` in a `completed` event (octokit/webhooks, workflow_run/completed).
 */
const run = object({
  id: pipe(number(), safeInteger()),
  name: nullish(string(), ''),
  path: nullish(string()),
  workflow_id: number(),
  run_number: number(),
  run_attempt: nullish(number(), 1),
  event: nullish(string(), ''),
  conclusion: nullish(string()),
  head_branch: nullish(string()),
  head_sha: string(),
  run_started_at: nullish(time),
  created_at: time,
  updated_at: time,
  html_url: nullish(string(), ''),
  repository: nullish(repository),
  /** Null when the fork was deleted. */
  head_repository: nullish(repository),
});

const payload = object({
  action: string(),
  workflow: nullish(object({ name: nullish(string()), path: nullish(string()) })),
  workflow_run: run,
});

const job = object({
  name: string(),
  conclusion: nullish(string(), null),
  created_at: nullish(time, null),
  started_at: nullish(time, null),
  completed_at: nullish(time, null),
});

export type RunFields = InferOutput<typeof run>;

/** What came is not what GitHub sends; the message has one line for each fault, and quotes no more than its type. */
export class UnknownShape extends Error {
  override readonly name = 'UnknownShape';
}

export const readRun = reader(run);
export const readRuns = reader(array(run));
export const readJobs = reader(array(job));
export const readEvent = reader(payload);

function reader<Schema extends Parameters<typeof safeParse>[0]>(schema: Schema) {
  return (value: unknown): InferOutput<Schema> => {
    const result = safeParse(schema, value);
    if (result.success) return result.output as InferOutput<Schema>;
    const faults = result.issues.map((issue) => `${getDotPath(issue) ?? 'it'}: ${issue.message}`);
    throw new UnknownShape(faults.join('\n'));
  };
}
