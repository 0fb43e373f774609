import { type Finding, type RunContext, UserError } from '@delivery-actions/action-kit';
import type { Checkout } from './git.ts';
import { type GitRef, gitRef } from './git-ref.ts';

export interface CommitChoice {
  /** Where the ref, and with `git` the commit too, come from. */
  readonly context: 'workflow' | 'git';
  /** `head`: what the event is about; `event`: GITHUB_SHA; `checkout`: git's HEAD. */
  readonly shaSource: 'head' | 'event' | 'checkout';
}

type Context = Pick<RunContext, 'eventName' | 'payload' | 'ref' | 'sha' | 'commit'>;

/** The commit and the ref that the tags are for. Throws a UserError when they are to come from a checkout that is not there. */
export function chosenCommit(
  { context: from, shaSource }: CommitChoice,
  context: Context,
  checkout: Checkout | undefined,
): { readonly commit: string; readonly ref: GitRef } {
  const needsCheckout = from === 'git' ? 'context: git' : `sha-source: ${shaSource}`;
  if (checkout === undefined && (from === 'git' || shaSource === 'checkout'))
    throw new UserError(`${needsCheckout} needs a checkout, and the workspace has none that git can read.`, {
      hint: 'add a step that uses actions/checkout before this one, without "path:"',
    });
  const ref = from === 'git' ? gitRef({ eventName: '', payload: {}, ref: checkout?.ref ?? '' }) : gitRef(context);
  if (from === 'git' || shaSource === 'checkout') return { commit: checkout?.commit ?? '', ref };
  return { commit: shaSource === 'event' ? context.sha : context.commit, ref };
}

/** Whether what will be built is what the tags say. Errors with `strict`, which cannot be satisfied without a checkout. */
export function checkoutFindings(
  commit: string,
  checkout: Checkout | undefined,
  { eventName, sha }: Pick<Context, 'eventName' | 'sha'>,
  strict: boolean,
): readonly Finding[] {
  const level = strict ? 'error' : 'warning';
  if (checkout === undefined)
    return strict
      ? [
          {
            level,
            title: 'Nothing checked out',
            message: `strict is asked for, and the workspace has no checkout to compare commit ${commit} with.`,
            hint: 'add a step that uses actions/checkout before this one, without "path:"',
          },
        ]
      : [];
  const findings: Finding[] = [];
  if (checkout.commit !== commit) {
    const merge = eventName === 'pull_request' && checkout.commit === sha;
    findings.push({
      level,
      title: 'Another commit is checked out',
      message: `The tags are for commit ${commit}, and ${checkout.commit} is checked out${merge ? ", GitHub's merge of the pull request into its base" : ''}: an image built from it is not what its tag says.`,
      hint: `check out that commit, under "with:" of actions/checkout:\nref: ${merge ? '${{ github.event.pull_request.head.sha }}' : commit}\nor tag what is checked out:\nsha-source: checkout`,
    });
  }
  if (checkout.changed.length > 0)
    findings.push({
      level,
      title: 'Files differ from the commit',
      message: `${checkout.changed.join(', ')} ${checkout.changed.length === 1 ? 'differs' : 'differ'} from commit ${checkout.commit}: nobody can build this image again from it.`,
      hint: 'see what changed them: git diff',
    });
  return findings;
}
