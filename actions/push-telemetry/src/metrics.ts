import type { AttemptTiming } from './attempt.ts';
import type { WorkflowRun } from './workflow-run.ts';

export interface Series {
  readonly metric: string;
  readonly type: 'gauge' | 'count';
  readonly value: number;
  /** `name:value` */
  readonly tags: readonly string[];
}

export interface PipelineSeries {
  readonly series: readonly Series[];
  /** Those of which every run would make a new custom metric, by the tag that would do it. */
  readonly refused: readonly { readonly series: Series; readonly tag: string }[];
}

/** Everything that is told of a run, without a moment: what is sent is stamped when it is sent. */
export function pipelineSeries(
  run: WorkflowRun,
  timing: AttemptTiming | undefined,
  { service, otherIds }: { readonly service: string; readonly otherIds: readonly number[] },
): PipelineSeries {
  const common = [tag('workflow', run.workflow.name), tag('branch', run.branch), tag('service', service)];
  const concluded = [...common, tag('conclusion', run.conclusion)];
  const all: Series[] = [{ metric: 'ci.pipeline.runs_total', type: 'count', value: 1, tags: concluded }];
  if (timing !== undefined)
    all.unshift({
      metric: 'ci.pipeline.duration_seconds',
      type: 'gauge',
      value: timing.durationSeconds,
      tags: concluded,
    });
  const gauge = (metric: string, value: number | null | undefined, tags: readonly string[]) => {
    if (value !== null && value !== undefined) all.push({ metric, type: 'gauge', value, tags });
  };
  gauge('ci.pipeline.queue_seconds', timing?.queueSeconds, common);
  for (const { name, conclusion, durationSeconds, queueSeconds } of timing?.jobs ?? []) {
    const job = [...common, tag('job', name)];
    gauge('ci.pipeline.job.duration_seconds', durationSeconds, [...job, tag('conclusion', conclusion)]);
    gauge('ci.pipeline.job.queue_seconds', queueSeconds, job);
  }

  const ids = [run.id, ...otherIds].map(String);
  const marks = [...ids, run.commit.slice(0, 7)].filter((mark) => mark.length >= 4);
  const found = longestOfEach(all).map((series) => ({
    series,
    tag: series.tags.find((text) => marks.some((mark) => text.includes(mark))),
  }));
  return {
    series: found.flatMap(({ series, tag: bad }) => (bad === undefined ? series : [])),
    refused: found.flatMap(({ series, tag: bad }) => (bad === undefined ? [] : { series, tag: bad })),
  };
}

/** Of points with the same name, tags and moment the backend keeps one: of jobs with the same name, the longest counts. */
function longestOfEach(all: readonly Series[]): Series[] {
  const kept = new Map<string, Series>();
  for (const series of all) {
    const key = [series.metric, ...series.tags].join('\n');
    const known = kept.get(key);
    if (known === undefined || known.value < series.value) kept.set(key, series);
  }
  return [...kept.values()];
}

/** Datadog's rules for tags: letters, digits and `_-:./`, at most 200 characters (docs.datadoghq.com, Defining tags). */
function tag(name: string, value: string): string {
  const clean = value
    .toWellFormed()
    .replace(/[^\p{L}\p{N}_\-:./]+/gu, '_')
    .replace(/^_+|_+$/g, '');
  return [...`${name}:${clean === '' ? 'none' : clean}`].slice(0, 200).join('');
}
