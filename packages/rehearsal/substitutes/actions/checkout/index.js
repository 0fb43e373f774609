import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';

const { GITHUB_OUTPUT, GITHUB_SHA, GITHUB_WORKSPACE, HOME, PATH, REHEARSAL_ORIGIN } = process.env;
const git = (...args) =>
  execFileSync('git', args, {
    cwd: GITHUB_WORKSPACE,
    env: { HOME, PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });

git('init', '--quiet', '--initial-branch=main');
git('-c', 'protocol.file.allow=always', 'fetch', '--quiet', '--depth=1', `file://${REHEARSAL_ORIGIN}`, GITHUB_SHA);
git('checkout', '--quiet', '--detach', GITHUB_SHA);
appendFileSync(GITHUB_OUTPUT, `commit=${GITHUB_SHA}\n`);
console.log(`HEAD is now at ${GITHUB_SHA.slice(0, 12)}`);
