/** What a test or a rehearsal says of a step, in GitHub's own field names. */
export interface StepRecord {
  readonly name: string;
  /** Counts from 1; its place in the list unless given. */
  readonly number?: number;
  /** `completed` unless given. */
  readonly status?: string;
  readonly conclusion: string | null;
  /** ISO 8601; GitHub keeps whole seconds. */
  readonly started_at: string | null;
  readonly completed_at: string | null;
}

export interface JobRecord {
  readonly name: string;
  /** A number of its own unless given. */
  readonly id?: number;
  /** `completed` unless given. */
  readonly status?: string;
  readonly conclusion: string | null;
  /** When `needs` released it; `started_at` unless given. */
  readonly created_at?: string;
  readonly started_at: string | null;
  readonly completed_at: string | null;
  readonly steps?: readonly StepRecord[];
  readonly labels?: readonly string[];
}

/** One attempt of a run. Recording a higher `run_attempt` of the same `id` is a re-run. */
export interface WorkflowRunRecord {
  readonly id: number;
  /** The workflow's name. */
  readonly name: string;
  /** `.github/workflows/NAME.yml` unless given. */
  readonly path?: string;
  readonly workflow_id?: number;
  readonly run_number?: number;
  /** 1 unless given. */
  readonly run_attempt?: number;
  /** `push` unless given. */
  readonly event?: string;
  /** `completed` unless given. */
  readonly status?: string;
  readonly conclusion: string | null;
  readonly head_branch: string | null;
  readonly head_sha: string;
  readonly display_title?: string;
  /** When this attempt started. */
  readonly run_started_at: string;
  /** When the first attempt was created; `run_started_at` unless given. */
  readonly created_at?: string;
  /** The jobs' last `completed_at` unless given. */
  readonly updated_at?: string;
  /** `owner/name` of a fork; the repository itself unless given. */
  readonly head_repository?: string;
}

export interface RunRecording {
  readonly run: WorkflowRunRecord;
  readonly jobs: readonly JobRecord[];
}
