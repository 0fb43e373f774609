/** What a run of a workflow needs to know. Times are ISO 8601, folders are absolute. */
export interface WorkflowOptions {
  /** The workflow's file; messages name it with line and column. */
  readonly file: string;
  readonly event: { readonly name: string; readonly payload: unknown; readonly sha: string; readonly ref: string };
  /** `owner/name`. */
  readonly repository: string;
  readonly runId: number;
  readonly runAttempt: number;
  readonly runNumber: number;
  readonly actor: string;
  readonly vars: Variables;
  readonly secrets: Variables;
  /** By name; a job whose `environment` is not here has the repository's variables and secrets alone. */
  readonly environments: Readonly<Record<string, { readonly vars: Variables; readonly secrets: Variables }>>;
  /** The token is `github.token` and `secrets.GITHUB_TOKEN` of every job. */
  readonly github?: { readonly apiUrl: string; readonly serverUrl: string; readonly token: string };
  /** What `uses` stands for; nothing when it is unknown. What it throws is told at the place of the `uses`. */
  readonly resolve: (uses: string) => ResolvedAction | undefined | Promise<ResolvedAction | undefined>;
  /** What `resolve` knows, for the message about a `uses` that it does not know. */
  readonly resolvable: readonly string[];
  /** Stands for the repository at the event's commit: local actions (`./...`) are read from it. */
  readonly checkout: string;
  /** The environment that every step starts from (PATH, HOME, ...); nothing of this process's own reaches a step. */
  readonly environment: Variables;
  /** Node for JavaScript actions. */
  readonly node: string;
  /** For the workspaces and the runner's files of this run; made if needed, not removed. */
  readonly workFolder: string;
  readonly listener: (event: WorkflowEvent) => void;
  /** Cancels the run, as the button on GitHub does. */
  readonly signal: AbortSignal;
  /** Jobs at a time; without it as many as can run. */
  readonly maxParallel?: number;
}

export type Variables = Readonly<Record<string, string>>;

export type ResolvedAction =
  /** A folder with action.yml and the scripts that it names. */
  { readonly kind: 'javascript'; readonly folder: string } | Substitute;

/** A function of this process in place of an action. */
export interface Substitute {
  readonly kind: 'substitute';
  readonly name: string;
  /** A throw fails the step with the error's message. */
  run(step: SubstituteStep): Promise<SubstituteResult>;
}

export interface SubstituteStep {
  readonly uses: string;
  /** `with`, evaluated; names in lower case. */
  readonly inputs: Variables;
  /** The step's whole environment, GITHUB_* and RUNNER_* included. */
  readonly environment: Variables;
  readonly workspace: string;
  readonly checkout: string;
  /** One line of the step's log; workflow commands work as on a process's output. */
  log(line: string): void;
  /** Aborted when the step is cancelled or its time is over. */
  readonly signal: AbortSignal;
}

export interface SubstituteResult {
  readonly outputs?: Variables;
  /** As GITHUB_ENV does: for the steps after this one. */
  readonly environment?: Variables;
}

export type Conclusion = 'success' | 'failure' | 'cancelled' | 'skipped';

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly line?: number;
  readonly endLine?: number;
  readonly column?: number;
  readonly endColumn?: number;
}

export interface StepResult {
  /** As GitHub shows it: the step's name, `Run <uses>` or `Run <first line>`; `Pre ...` and `Post ...` before them. */
  readonly name: string;
  readonly phase: 'pre' | 'main' | 'post';
  readonly id?: string;
  readonly uses?: string;
  /** Before `continue-on-error`. */
  readonly outcome: Conclusion;
  readonly conclusion: Conclusion;
  readonly outputs: Variables;
  /** Masked lines. */
  readonly log: readonly string[];
  /** Markdown of GITHUB_STEP_SUMMARY, masked. */
  readonly summary: string;
  readonly annotations: readonly Annotation[];
  readonly startedAt: string;
  readonly completedAt: string;
}

export interface JobResult {
  /** The key under `jobs`; jobs of one matrix share it. */
  readonly id: string;
  /** As GitHub shows it; different for each job of a matrix. */
  readonly name: string;
  readonly conclusion: Conclusion;
  /** Why it was skipped or cancelled, or what failed outside of any step. */
  readonly reason?: string;
  readonly matrix?: Readonly<Record<string, unknown>>;
  readonly outputs: Variables;
  readonly environment?: { readonly name: string; readonly url?: string };
  /** As written; the workflow's when the job has none. */
  readonly permissions?: string | Variables;
  readonly runsOn: readonly string[];
  readonly startedAt: string;
  readonly completedAt: string;
  readonly steps: readonly StepResult[];
  /** Those of the job itself; the steps have their own. */
  readonly annotations: readonly Annotation[];
}

export interface WorkflowResult {
  readonly conclusion: 'success' | 'failure' | 'cancelled';
  readonly name: string;
  readonly runName: string;
  readonly startedAt: string;
  readonly completedAt: string;
  /** In the file's order. */
  readonly jobs: readonly JobResult[];
}

/** Which job an event is about; `name` tells the jobs of a matrix apart. */
export interface JobLabel {
  readonly id: string;
  readonly name: string;
}

export type WorkflowEvent =
  | { readonly type: 'job-started'; readonly job: JobLabel }
  /** Not for a step that is skipped: that one only finishes. */
  | { readonly type: 'step-started'; readonly job: JobLabel; readonly step: StepLabel }
  | { readonly type: 'step-log'; readonly job: JobLabel; readonly step: StepLabel; readonly line: string }
  | { readonly type: 'step-finished'; readonly job: JobLabel; readonly step: StepLabel; readonly result: StepResult }
  | { readonly type: 'job-finished'; readonly job: JobLabel; readonly result: JobResult }
  /** It never started: its `if`, a need, or the run's cancellation; `result.reason` says which. */
  | { readonly type: 'job-skipped'; readonly job: JobLabel; readonly result: JobResult };

/** `index` counts the job's steps in the order in which they come, pre and post included, from 1. */
export interface StepLabel {
  readonly index: number;
  readonly name: string;
  readonly phase: 'pre' | 'main' | 'post';
}

/** One thing that is wrong with a workflow, before anything of it runs. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Everything that keeps a workflow from running, one line for each: `deliver.yml:12:9: ...`. */
export class WorkflowError extends Error {
  override readonly name = 'WorkflowError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'));
    this.problems = problems;
  }
}
