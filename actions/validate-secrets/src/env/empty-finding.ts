import type { Finding } from '@delivery-actions/action-kit';
import { levelOf } from '../severity.ts';
import type { EnvCheck } from './check-env.ts';

/** All variables that are empty for one reason. */
export function emptyFinding(checks: readonly EnvCheck[]): Finding {
  const [first] = checks;
  if (first?.empty === undefined) throw new Error('an empty secret has a reason');
  const names = checks.map(({ id }) => id.replace(/^env:/, ''));
  const subject = `${checks.map(({ id }) => id).join(', ')} ${checks.length === 1 ? 'is' : 'are'} EMPTY`;
  const told = (why: string, hint: string): Finding => ({
    level: levelOf(first),
    title: 'Secret is empty',
    message: `${subject}: ${why}`,
    hint,
  });

  switch (first.empty) {
    case 'not-handed-in':
      return told(
        'the step has no such environment variable. A GitHub secret reaches a step only where it is handed in.',
        ['add to the step:', 'env:', ...names.map((name) => `  ${name}: \${{ secrets.${name} }}`)].join('\n'),
      );
    case 'fork':
      return told(
        'this run is for a pull request from a fork, and GitHub gives such a run no secrets.',
        'check secrets in jobs that run after the merge only, or skip this step for forks:\n' +
          'if: github.event.pull_request.head.repo.full_name == github.repository',
      );
    case 'dependabot':
      return told(
        'Dependabot started this run, and GitHub gives such a run the secrets of Dependabot only.',
        [
          'set it for Dependabot too, or skip this step when github.actor is dependabot[bot]:',
          ...names.map((name) => `gh secret set ${name} --app dependabot`),
        ].join('\n'),
      );
    case 'unset':
      return told(
        checks.length === 1
          ? 'the variable is there without a value, which is what a secret that is not set becomes. Either it is set neither in the ' +
              'repository nor in its organisation, or it belongs to an environment that the job does not name.'
          : 'the variables are there without a value, which is what secrets that are not set become. Either they are set neither in the ' +
              'repository nor in its organisation, or they belong to an environment that the job does not name.',
        [
          'name the environment in the job ("environment:"), hand secrets on to a reusable workflow ("secrets: inherit"), or set it:',
          ...names.map((name) => `gh secret set ${name}`),
        ].join('\n'),
      );
  }
}
