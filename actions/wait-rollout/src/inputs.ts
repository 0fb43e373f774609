import type { InputReader } from '@delivery-actions/action-kit';
import { parseWorkload, type Workload, workloadText } from './workload.ts';

export interface Inputs {
  readonly workloads: readonly Workload[];
  readonly namespace: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  /** Path of a file. */
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
}

/** RFC 1123 label. */
const NAMESPACE = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** @throws UserError with every bad input. */
export function parseInputs(read: InputReader): Inputs {
  const kubeconfig = read.optionalText('kubeconfig');
  // Not repeated in any message, and masked: what was given may be the file's content, with its credentials.
  if (kubeconfig !== undefined && /\n|apiVersion:/.test(kubeconfig)) {
    read.optionalSecret('kubeconfig');
    read.problem(
      'kubeconfig',
      'Input "kubeconfig" holds a whole kubeconfig: expected the path of a file.',
      'write it to a file in $RUNNER_TEMP in an earlier step and give that path',
    );
  }
  return read.complete(
    {
      workloads: read.lines('workloads', parseWorkload, { example: 'deployment/checkout' }),
      namespace: read.optionalText('namespace'),
      timeout: read.duration('timeout'),
      kubeconfig,
      context: read.optionalText('context'),
    },
    ({ workloads, namespace, timeout }) => {
      const texts = workloads.map(workloadText);
      for (const text of new Set(texts.filter((each, index) => texts.indexOf(each) !== index)))
        read.problem('workloads', `Input "workloads" names ${text} more than once.`);
      if (namespace !== undefined && !NAMESPACE.test(namespace))
        read.problem('namespace', `Input "namespace" is "${namespace}", which no namespace can be called.`);
      if (timeout <= 0) read.problem('timeout', 'Input "timeout" is zero: expected a duration such as 10m.');
    },
  );
}
