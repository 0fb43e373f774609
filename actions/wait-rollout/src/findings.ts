import { type Finding, formatDuration } from '@delivery-actions/action-kit';
import type { KubeFailure } from '@delivery-actions/kube';
import type { Diagnosis } from './diagnosis.ts';
import { troubleText } from './judgement.ts';
import type { Condition } from './objects.ts';
import type { Ended } from './result.ts';
import { newTroubles } from './seen.ts';
import type { Trouble } from './trouble.ts';
import { workloadText } from './workload.ts';

export interface Circumstances {
  readonly namespace: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** Where the cluster is, for a server that never answered. */
  readonly server: string;
}

/** Pods that are told one by one; a hundred of the same kind say no more than five. */
const PODS_TOLD = 5;

/** One finding for each workload that is the cause of a bad end, and one for each rule that was missing. */
export function findingsOf(ended: readonly Ended[], circumstances: Circumstances): Finding[] {
  const bad = ended.filter(({ row }) => row.result !== 'healthy' && row.result !== 'unfinished');
  const blind = new Map<string, KubeFailure>();
  for (const { followed, diagnosis } of ended)
    for (const failure of [...followed.blind, ...diagnosis.blind]) blind.set(failure.message, failure);
  const level = bad.length === 0 ? 'notice' : 'warning';
  return [
    ...bad.map((each) => causeOf(each, circumstances)),
    ...[...blind.values()].map(
      ({ message, hint }): Finding => ({
        level,
        message: `The diagnosis is not complete: ${message}.`,
        ...(hint === undefined ? {} : { hint }),
      }),
    ),
  ];
}

function causeOf(ended: Ended, circumstances: Circumstances): Finding {
  const { followed, diagnosis, row } = ended;
  const title = `${row.workload} ${row.result === 'timeout' ? 'timed out' : row.result}`;
  const lines = row.result === 'timeout' ? timeoutLines(ended, circumstances) : failureLines(ended, circumstances);
  if (diagnosis.log !== undefined) {
    lines.push(
      `Last lines of container ${diagnosis.log.container} in ${diagnosis.log.pod}:`,
      ...diagnosis.log.lines.map((line) => `  ${line}`),
    );
  }
  return {
    level: 'error',
    title,
    message: lines.join('\n'),
    hint: nextCommand(followed.judgement.troubles[0], ended, diagnosis, circumstances),
  };
}

function failureLines({ followed, row }: Ended, { namespace }: Circumstances): string[] {
  const { judgement } = followed;
  const where = row.reason === 'NotFound' ? ` in namespace "${namespace}"` : '';
  // The cause itself is in the message when it is a pod's; the progress deadline and Degraded only know that there is one.
  const explaining = judgement.troubles.filter((trouble) => !judgement.message.includes(troubleText(trouble)));
  const shown = row.reason === 'ProgressDeadlineExceeded' || row.reason === 'Degraded' ? explaining : [];
  return [sentence(`${row.workload} ${row.message}${where}`), ...troubleLines(shown, followed.at)];
}

function timeoutLines({ followed, row }: Ended, { timeout, server }: Circumstances): string[] {
  const { seen, judgement, at } = followed;
  const after = `${row.workload} was not rolled out after ${formatDuration(timeout)}`;
  if (seen.object === undefined)
    return [`${after}: ${server} has not answered${followed.gap === undefined ? '' : ` (${followed.gap})`}.`];
  const conditions = (seen.object.status?.conditions ?? []).filter(isBad);
  const troubles = judgement.troubles.length > 0 ? judgement.troubles : newTroubles(seen);
  return [
    `${after}: ${judgement.message}.`,
    ...conditions.map(
      (condition) => `- condition ${conditionText(condition)}${forHowLong(condition.lastTransitionTime, at)}`,
    ),
    ...troubleLines(troubles, at),
  ];
}

function troubleLines(troubles: readonly Trouble[], now: number): string[] {
  const lines = troubles
    .slice(0, PODS_TOLD)
    .map((trouble) => `- ${troubleText(trouble)}${forHowLong(trouble.since, now)}`);
  return troubles.length > PODS_TOLD ? [...lines, `- and ${troubles.length - PODS_TOLD} more`] : lines;
}

/** All conditions of these objects are good when they are True, but for the failures; one of them is in the message already. */
function isBad({ type, status }: Condition): boolean {
  if (type === 'InvalidSpec') return status === 'True';
  return status !== 'True' && type !== 'Paused' && type !== 'ReplicaFailure';
}

/** Messages of the cluster end with a full stop or without one. */
function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

function conditionText({ type, status, reason, message }: Condition): string {
  return `${type} is ${status ?? 'unknown'}${reason === undefined ? '' : ` (${reason})`}${message === undefined ? '' : `: ${message.replace(/\.$/, '')}`}`;
}

function forHowLong(since: string | undefined, now: number): string {
  const passed = now - Date.parse(since ?? '');
  return Number.isFinite(passed) && passed >= 0 ? `, for ${formatDuration(passed)}` : '';
}

function nextCommand(
  trouble: Trouble | undefined,
  { followed, row }: Ended,
  { meant, others }: Diagnosis,
  { namespace }: Circumstances,
): string {
  const { kind, name } = followed.workload;
  const kubectl = `kubectl -n ${namespace}`;
  if (row.reason === 'NotFound') {
    if (meant !== undefined) return `did you mean "${workloadText(meant)}"?`;
    const none = others === 0 ? `the namespace has no ${kind} at all: are namespace and context the right ones? ` : '';
    return `${none}${kubectl} get ${kind}s`;
  }
  if (row.reason === 'Paused') return `${kubectl} rollout resume deployment/${name}`;
  if (row.reason === 'Deleted')
    return `is another pipeline or a cleanup at work there? ${kubectl} get events --field-selector involvedObject.name=${name}`;
  if (row.reason === 'PodsRefused')
    return /exceeded quota/.test(row.message)
      ? `give the namespace more, or let the pods ask for less: ${kubectl} describe quota`
      : `${kubectl} get events --field-selector reason=FailedCreate`;
  if (row.reason === 'CrashLoop') return `${kubectl} logs ${trouble?.pod} -c ${trouble?.container} --previous`;
  if (trouble !== undefined) return `${kubectl} describe pod ${trouble.pod}`;
  return kind === 'rollout'
    ? `kubectl argo rollouts get rollout ${name} -n ${namespace}`
    : `${kubectl} describe deployment ${name}`;
}
