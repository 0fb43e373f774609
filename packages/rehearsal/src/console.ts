import type { JobResult, StepResult, WorkflowEvent } from './workflow/index.ts';

const SIGN = { success: '✓', failure: '✗', cancelled: '⊘', skipped: '-' } as const;
const OURS = /^org\/actions\//;
/** Nothing that takes longer than this is silent. */
const PATIENCE = 1_000;

/** Tells a run while it happens: a line for each step and job, and all that our own actions print. */
export function liveLines(write: (line: string) => void, jobWidth: number): (event: WorkflowEvent) => void {
  const waiting = new Map<string, NodeJS.Timeout>();
  const line = (job: string, text: string) => write(`${job.padEnd(jobWidth)}  ${text}`.trimEnd());

  return (event) => {
    const { id } = event.job;
    switch (event.type) {
      case 'step-started': {
        const timer = setTimeout(() => line(id, `… ${event.step.name}`), PATIENCE);
        timer.unref();
        waiting.set(`${id} ${event.step.index}`, timer);
        break;
      }
      case 'step-finished': {
        clearTimeout(waiting.get(`${id} ${event.step.index}`));
        if (event.result.phase !== 'main' || event.result.conclusion === 'skipped') break;
        line(id, `${SIGN[event.result.conclusion]} ${event.result.name.padEnd(30)} ${elapsed(event.result)}`);
        if (worthReading(event.result)) for (const text of event.result.log) line(id, `  │ ${asShown(text)}`);
        break;
      }
      case 'job-finished':
        line(id, `${event.result.conclusion} in ${elapsed(event.result)}`);
        break;
      case 'job-skipped':
        line(id, `skipped: ${event.result.reason ?? 'its condition is false'}`);
        break;
    }
  };
}

/** The runner's own marks, as GitHub's page shows them. */
function asShown(text: string): string {
  return text.replace(
    /^##\[(error|warning|notice)\]/,
    (_, level: string) => `${level[0]?.toUpperCase()}${level.slice(1)}: `,
  );
}

function worthReading({ uses = '', outcome }: StepResult): boolean {
  return OURS.test(uses) || outcome === 'failure';
}

function elapsed({ startedAt, completedAt }: StepResult | JobResult): string {
  return `${((Date.parse(completedAt) - Date.parse(startedAt)) / 1_000).toFixed(1)}s`;
}
