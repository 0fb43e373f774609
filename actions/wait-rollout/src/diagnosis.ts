import { didYouMean } from '@delivery-actions/action-kit';
import { type KubeClient, KubeFailure } from '@delivery-actions/kube';
import { type Clock, deadline } from '@delivery-actions/waiting';
import { type Followed, RESOURCES } from './follow.ts';
import type { Trouble } from './trouble.ts';
import type { Workload, WorkloadKind } from './workload.ts';

/** What was asked of the cluster after a wait that did not end well. */
export interface Diagnosis {
  /** The last lines that the troubled container wrote. */
  readonly log?: { readonly pod: string; readonly container: string; readonly lines: readonly string[] };
  /** The workload that was probably meant, where ours does not exist: a similar name, or the other kind. */
  readonly meant?: Workload;
  /** How many workloads of this kind there are, where ours does not exist. */
  readonly others?: number;
  /** What could not be asked. */
  readonly blind: readonly KubeFailure[];
}

/** The diagnosis is not the verdict: it gets this long, and whatever goes wrong with it is not an error. */
const PATIENCE = 5_000;
const LOG_LINES = 10;

interface Place {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly clock: Clock;
}

export async function diagnose({ workload, judgement }: Followed, place: Place): Promise<Diagnosis> {
  if (judgement.state === 'failed' && judgement.reason === 'NotFound') return similarNames(workload, place);
  const talkative = judgement.troubles.find(
    ({ kind, container }) => container !== undefined && (kind === 'crash' || kind === 'not-ready'),
  );
  return talkative === undefined ? { blind: [] } : lastWords(talkative, place);
}

async function similarNames({ kind, name }: Workload, { client, namespace, clock }: Place): Promise<Diagnosis> {
  using limit = deadline(clock, PATIENCE);
  const { signal } = limit;
  const namesOf = async (of: WorkloadKind) => {
    const { items } = await client.list(RESOURCES[of], namespace, { signal });
    return items.map(({ metadata }) => metadata.name);
  };
  try {
    const names = await namesOf(kind);
    const meant = didYouMean(name, names);
    if (meant !== undefined) return { others: names.length, blind: [], meant: { kind, name: meant } };
    const other: WorkloadKind = kind === 'rollout' ? 'deployment' : 'rollout';
    // A cluster without Argo Rollouts has no list of them.
    const there = (await namesOf(other).catch((): string[] => [])).includes(name);
    return { others: names.length, blind: [], ...(there ? { meant: { kind: other, name } } : {}) };
  } catch (error) {
    return { blind: missingRules(error) };
  }
}

/** A crashed container's last words are in the log before the present one, unless it has not been started again. */
async function lastWords(
  { pod, container = '', kind }: Trouble,
  { client, namespace, clock }: Place,
): Promise<Diagnosis> {
  using limit = deadline(clock, PATIENCE);
  for (const previous of kind === 'crash' ? [true, false] : [false]) {
    try {
      const text = await client.log(namespace, pod, {
        container,
        previous,
        tailLines: LOG_LINES,
        signal: limit.signal,
      });
      const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
      if (lines.length > 0) return { log: { pod, container, lines }, blind: [] };
    } catch (error) {
      const blind = missingRules(error);
      if (blind.length > 0) return { blind };
    }
  }
  return { blind: [] };
}

function missingRules(error: unknown): readonly KubeFailure[] {
  return error instanceof KubeFailure && error.kind === 'forbidden' ? [error] : [];
}
