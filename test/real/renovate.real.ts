import { strict as assert } from 'node:assert';
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { buildReleaseTree } from '@delivery-actions/release';
import { listen, type StandIn, sendJson } from '@delivery-actions/stand-ins';
import { nextRelease } from '../release/next-release.ts';
import { type NotHere, npmPackage } from './installed.ts';

export const name = 'Renovate moves a pin of ours to the commit of the next release, and leaves the major tag alone';

const REPOSITORY = 'org/actions';
const WORKFLOW = '.github/workflows/deliver.yml';

export async function run(): Promise<'passed' | NotHere> {
  const renovate = npmPackage('renovate', '44.121.2', '24.11.0');
  if (typeof renovate !== 'string') return renovate;
  const place = mkdtempSync(join(tmpdir(), 'renovate-'));
  try {
    const remote = join(place, 'actions.git');
    const first = await buildReleaseTree({ repository: remote });
    const second = await nextRelease(remote, join(place, 'next'));
    const workflow = (pin: { commit: string; tag: string }) =>
      `on: push
jobs:
  deliver:
    runs-on: ubuntu-24.04
    steps:
      - uses: ${REPOSITORY}/validate-secrets@${pin.commit} # ${pin.tag}
      - uses: ${REPOSITORY}/wait-rollout@${pin.commit} # ${pin.tag}
      - uses: ${REPOSITORY}/image-tag@v1
`;
    await using github = await tagsOf(remote);
    const updated = await updatedBy(renovate, github, join(place, 'shop'), workflow(first));
    assert.equal(updated, workflow(second));
    return 'passed';
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** GitHub's GraphQL API as far as it is asked for the tags and releases of a repository, from a repository on this machine. */
function tagsOf(repository: string): Promise<StandIn> {
  const format = '%(refname:short) %(objecttype) %(objectname) %(*objectname) %(creatordate:iso-strict)';
  const listed = execFileSync('git', ['--git-dir', repository, 'for-each-ref', `--format=${format}`, 'refs/tags']);
  const tags = listed
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const [version = '', type = '', id = '', commit = '', date = ''] = line.split(' ');
      const target =
        type === 'tag'
          ? { type: 'Tag', target: { type: 'Commit', oid: commit }, tagger: { releaseTimestamp: date } }
          : { type: 'Commit', oid: id, releaseTimestamp: date };
      return { version, target };
    });
  return listen(({ url, body, response }) => {
    if (url.pathname !== '/api/graphql') return sendJson(response, 404, { message: 'Not Found' });
    const { query, variables } = JSON.parse(body.toString('utf8')) as {
      query: string;
      variables: { owner: string; name: string };
    };
    assert.equal(`${variables.owner}/${variables.name}`, REPOSITORY);
    // No release was published on GitHub; its tags are there.
    const payload = {
      nodes: query.includes('refPrefix: "refs/tags/"') ? tags : [],
      pageInfo: { hasNextPage: false, endCursor: null },
    };
    sendJson(response, 200, { data: { repository: { isRepoPrivate: false, payload } } });
  });
}

interface Dependency {
  readonly replaceString?: string;
  readonly updates: readonly Readonly<Record<string, unknown>>[];
}

/** What Renovate makes of a workflow: its own lookup, and its own rewriting of the file. */
async function updatedBy(renovate: string, github: StandIn, repository: string, workflow: string): Promise<string> {
  mkdirSync(dirname(join(repository, WORKFLOW)), { recursive: true });
  writeFileSync(join(repository, WORKFLOW), workflow);
  const report = join(repository, 'report.json');
  const config = {
    onboarding: false,
    requireConfig: 'optional',
    enabledManagers: ['github-actions'],
    hostRules: [
      { matchHost: new URL(github.url).host, hostType: 'github', token: 'stand-in', allowInternal: true },
      // Without one it asks for no tags at all; nothing is sent there.
      { matchHost: 'api.github.com', token: 'stand-in' },
    ],
    packageRules: [{ matchDatasources: ['github-tags'], registryUrls: [`${github.url}/`] }],
    reportType: 'file',
    reportPath: report,
  };
  writeFileSync(join(repository, 'config.json'), JSON.stringify(config));
  const program = join(renovate, 'dist', 'renovate.js');
  const env = { PATH: process.env.PATH, HOME: repository, RENOVATE_CONFIG_FILE: join(repository, 'config.json') };
  execFileSync('git', ['init', '--quiet', repository]);
  execFileSync('git', ['add', WORKFLOW], { cwd: repository });
  await promisify(execFile)(process.execPath, [program, '--platform=local', '--dry-run=lookup'], {
    cwd: repository,
    env,
  });
  const { repositories } = JSON.parse(readFileSync(report, 'utf8')) as {
    repositories: { local: { packageFiles: { 'github-actions': { deps: Dependency[] }[] } } };
  };
  const [file] = repositories.local.packageFiles['github-actions'];
  const modules = (path: string) => import(pathToFileURL(join(renovate, 'dist', path)).href);
  const { GlobalConfig } = await modules('config/global.js');
  const { doAutoReplace } = await modules('workers/repository/update/branch/auto-replace.js');
  await (await modules('logger/index.js')).init();
  GlobalConfig.set({ localDir: repository });
  let content = workflow;
  for (const [depIndex, dependency] of (file?.deps ?? []).entries()) {
    if (!dependency.replaceString?.startsWith(`${REPOSITORY}/`)) continue;
    for (const update of dependency.updates) {
      const upgrade = { ...dependency, ...update, depIndex, manager: 'github-actions', packageFile: WORKFLOW };
      content = await doAutoReplace(upgrade, content, false);
    }
  }
  return content;
}
