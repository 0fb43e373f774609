import type { Run, RunContext } from '@delivery-actions/action-kit';
import type { SecretCheck } from '../check.ts';
import { judgeKeys, lookInto } from '../keys.ts';
import type { RequestTo } from '../store.ts';

/** Why a variable has no value, as far as the event tells. */
export type EmptyReason = 'not-handed-in' | 'fork' | 'dependabot' | 'unset';

/** What is known of a variable. */
export interface EnvCheck extends SecretCheck {
  readonly store: 'env';
  /** Why it has no value. */
  readonly empty?: EmptyReason;
}

/** GitHub secrets that the workflow hands in: a secret that is not set arrives as an empty text. */
export function checkEnv(
  requests: readonly RequestTo<'env'>[],
  run: Pick<Run, 'env' | 'context'>,
): readonly EnvCheck[] {
  return requests.map(({ id, optional, keys, policy, place, reference: { name } }) => {
    const about = { id, store: 'env', region: null, optional, ...(place === undefined ? {} : { place }) } as const;
    const value = run.env[name];
    if (value !== undefined && value.trim() !== '') {
      const notPlaceholder = policy?.notPlaceholder ?? false;
      if (keys.length === 0 && !notPlaceholder) return { ...about, verdict: 'EXISTS' };
      const found = lookInto(value, { keys, notPlaceholder });
      return { ...about, keys, found, verdict: judgeKeys(found) ?? 'EXISTS' };
    }
    return { ...about, verdict: 'EMPTY', empty: value === undefined ? 'not-handed-in' : reasonOf(run.context) };
  });
}

/** Events for which Dependabot's runs get Dependabot's secrets only (GitHub docs, "Dependabot on GitHub Actions"). */
const DEPENDABOT_EVENTS = ['pull_request', 'pull_request_review', 'pull_request_review_comment', 'push', 'create'];

function reasonOf({ actor, eventName, payload }: RunContext): EmptyReason {
  if (actor === 'dependabot[bot]' && DEPENDABOT_EVENTS.includes(eventName)) return 'dependabot';
  // `pull_request_target` runs in the base repository and has its secrets.
  if (/^pull_request(?:_review(?:_comment)?)?$/.test(eventName) && isFromFork(payload['pull_request'])) return 'fork';
  return 'unset';
}

interface PullRequest {
  readonly head?: { readonly repo?: { readonly full_name?: unknown } | null };
  readonly base?: { readonly repo?: { readonly full_name?: unknown } };
}

/** A fork that was deleted since has no repository any more. */
function isFromFork(pullRequest: unknown): boolean {
  const { head, base } = (pullRequest ?? {}) as PullRequest;
  return head !== undefined && head.repo?.full_name !== base?.repo?.full_name;
}
