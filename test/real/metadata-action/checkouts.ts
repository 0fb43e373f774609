import { repository } from '../../../actions/image-tag/test/repository.ts';
import type { Step } from './both.ts';
import { stepOf } from './cases.ts';
import type { Difference } from './differences.ts';
import { pullRequest, push } from './events.ts';

type Repository = ReturnType<typeof repository>;

/** Checkouts that `context: git` reads, as actions/checkout and people leave them, and where both differ about one. */
const CHECKOUTS: readonly (readonly [
  what: string,
  Step['event'],
  (repository: Repository) => void,
  difference?: Difference,
])[] = [
  ['a branch', push('heads/main'), () => {}],
  ['a tag', push('tags/v1.0.0'), ({ git }) => detached(git, 'tags/v1.0.0')],
  ['two tags', push('tags/v1.0.0'), ({ git }) => detached(git, 'tags/v1', 'tags/v1.0.0')],
  ['a tag and its branch', push('tags/v1.0.0'), ({ git }) => detached(git, 'remotes/origin/main', 'tags/v1.0.0')],
  ['a pull request', pullRequest, ({ git }) => detached(git, 'remotes/pull/15/merge')],
  ['a branch of origin', push('heads/feature/a'), ({ git }) => detached(git, 'remotes/origin/feature/a')],
  ['a branch of another remote', push('heads/a'), ({ git }) => detached(git, 'remotes/upstream/a')],
  ['the head of a pull request', pullRequest, ({ git }) => detached(git, 'remotes/pull/15/head'), 'checkout'],
  ['two branches', push('heads/b'), ({ git }) => detached(git, 'remotes/origin/a', 'remotes/origin/b'), 'checkout'],
  [
    'an older commit of a branch',
    push('heads/main'),
    ({ git, commit, first }) => {
      commit('second');
      git('checkout', '--quiet', '--detach', first);
    },
    'checkout',
  ],
  [
    'a commit that no ref names',
    push('heads/main'),
    ({ git, commit }) => {
      git('checkout', '--quiet', '--detach');
      commit('second');
    },
    'checkout',
  ],
];

export function checkedOut(): readonly { what: string; step: Step; difference: string }[] {
  return CHECKOUTS.map(([what, event, make, difference = '']) => {
    const made = repository();
    make(made);
    const tags = 'type=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr\ntype=raw,value=fixed';
    const step = stepOf(event, { context: 'git', tags, labels: "at={{commit_date 'YYYYMMDDHHmm'}}" });
    return { what, step: { ...step, workspace: made.folder }, difference };
  });
}

/** HEAD on no branch, at refs that the last of it was checked out by. */
function detached(git: Repository['git'], ...refs: readonly string[]): void {
  for (const ref of refs) git('update-ref', `refs/${ref}`, 'HEAD');
  git('checkout', '--quiet', '--detach', `refs/${refs.at(-1)}`);
  git('branch', '--quiet', '-D', 'main');
}
