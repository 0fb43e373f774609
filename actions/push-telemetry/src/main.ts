import type { Run } from '@delivery-actions/action-kit';
import { exchangeText, type HttpClient, type HttpClientOptions } from '@delivery-actions/http';
import { type Clock, deadline, sleep, systemClock } from '@delivery-actions/waiting';
import { isFailure } from './alert.ts';
import { completedRun } from './event.ts';
import { parseInputs } from './inputs.ts';
import { pipelineSeries } from './metrics.ts';
import { refusedFindings, silentFindings, telemetryReport, title } from './report.ts';

export async function main(run: Run, clock: Clock = systemClock, client?: HttpClient): Promise<void> {
  const inputs = parseInputs(run.inputs);
  const { context, signal } = run;
  const event = await completedRun(context);
  // None of it is needed to say that an input is missing.
  const { answerAlert, githubRuns, httpClient, readAttempt, sendMetrics } = await import('./outside.ts');
  const http = client ?? httpClient(clientOptions(run, clock));
  using limit = deadline(clock, inputs.timeout, signal);
  const line = { http, clock, limit, cancelled: signal };
  const github = githubRuns({
    token: inputs.githubToken ?? '',
    apiUrl: context.apiUrl,
    repository: event.repository,
    http,
    // A GitHub that hangs must leave time to send what the event alone tells.
    timeout: inputs.timeout / 3,
    signal: limit.signal,
  });

  run.line(`Reading the jobs of ${title(event)} from GitHub`);
  const { finished, timing, findings } = await readAttempt(event, github);
  signal.throwIfAborted();
  const service = inputs.service ?? event.repository.split('/')[1] ?? event.repository;
  const pipeline = pipelineSeries(finished, timing, { service, otherIds: [context.runId] });
  const failedJobs = (timing?.jobs ?? []).filter((job) => !job.carriedOver && isFailure(job)).map(({ name }) => name);
  const { datadog, pagerDuty } = inputs;
  const [metrics, alert] = await Promise.all([
    sendMetrics(pipeline.series, datadog, line),
    answerAlert(
      {
        current: { run: finished, endedAt: timing?.endedAt ?? finished.updatedAt },
        troubleTold: timing === undefined,
        failedJobs,
        rule: { threshold: inputs.alertThreshold, window: inputs.alertWindow },
        github,
        backend: pagerDuty,
        dryRun: datadog.key === undefined,
      },
      line,
    ),
  ]);
  signal.throwIfAborted();

  if (datadog.key === undefined)
    for (const { metric, type, value, tags } of pipeline.series)
      run.line(`would send ${metric} ${type} ${value} ${tags.join(',')}`);
  if (alert.unsent !== undefined) run.line(`would send ${JSON.stringify(alert.unsent)}`);
  const known = [...findings, ...refusedFindings(pipeline), ...silentFindings(inputs)];
  await run.report(telemetryReport({ run: finished, timing, metrics, alert, findings: known }));
  run.outputs({
    'duration-seconds': timing?.durationSeconds ?? '',
    conclusion: finished.conclusion,
    alert: alert.alert,
  });
}

function clientOptions(run: Run, clock: Clock): HttpClientOptions {
  return {
    signal: run.signal,
    observe: (exchange) => run.debug(exchangeText(exchange)),
    wait: (milliseconds, signal) => sleep(clock, milliseconds, signal),
  };
}
