/** What a workload's own status says. */
export interface Progress {
  readonly state: 'progressing' | 'done' | 'failed';
  /** Whether the status is about the newest spec; before that, nothing in it counts. */
  readonly observed: boolean;
  readonly message: string;
  readonly reason?: 'ProgressDeadlineExceeded' | 'Degraded';
}
