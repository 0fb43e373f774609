import { isMap, isScalar, type Node, type Scalar, visit, type YAMLMap } from 'yaml';
import { type Job, scalar, type Template, text } from './template.ts';

/** Whose repository our actions are in. */
const [OWNER] = 'org/actions'.split('/');

/** What is wrong with a template by one of our rules: a sentence each, with file and line. */
export type Policy = (template: Template) => readonly string[];

/** A hung step would hold its runner for GitHub's default of six hours. */
export const timeouts: Policy = ({ jobs, at }) =>
  jobs
    .filter(({ node }) => !/^\d+$/.test(text(node, 'timeout-minutes')))
    .map(({ id, node }) => `${at(node)} job "${id}" has no timeout-minutes`);

export const concurrency: Policy = ({ root, jobs, at }) =>
  jobs
    .filter(({ node }) => !text(node, 'concurrency', 'group') && !text(root, 'concurrency', 'group'))
    .map(({ id, node }) => `${at(node)} job "${id}" is in no concurrency group`);

/** W03: a newer run waits for a deployment and never cuts it. */
export const deploymentsQueue: Policy = ({ root, jobs, at }) =>
  jobs.flatMap(({ id, node, environment }) => {
    if (environment === undefined) return [];
    const group = text(node, 'concurrency', 'group');
    const other = jobs.find((job) => job.id !== id && text(job.node, 'concurrency', 'group') === group);
    return complaints(
      `${at(node)} job "${id}" deploys to ${environment} and`,
      text(node, 'concurrency', 'cancel-in-progress') !== 'false' && 'does not say "cancel-in-progress: false"',
      text(root, 'concurrency', 'cancel-in-progress') === 'true' && 'is cancelled by the workflow\'s "concurrency"',
      group.includes('${{') && `is in a group of its own in every run: ${group}`,
      other !== undefined && `shares its group with job "${other.id}"`,
    );
  });

/** Nothing is allowed that is not asked for by the job that needs it, with the reason beside it. */
export const permissions: Policy = ({ file, root, jobs, at }) => [
  ...(isEmptyMap(root, 'permissions') ? [] : [`${file}: the workflow does not begin with "permissions: {}"`]),
  ...jobs.flatMap(({ id, node }) => {
    const granted = node.get('permissions');
    if (!isMap(granted)) return [`${at(node)} job "${id}" does not list its permissions`];
    return granted.items
      .filter(({ value }) => !(isScalar(value) && value.comment?.trim()))
      .map(({ key, value }) => `${at(value as Node)} job "${id}" does not say why it has "${key}: ${value}"`);
  }),
];

/** W06: a tag can be moved. Third-party actions are pinned by commit, with their version beside it; ours by major tag. */
export const pins: Policy = ({ jobs, at }) =>
  usesOf(jobs).flatMap((uses) => {
    const reference = String(uses.value);
    if (reference.startsWith(`${OWNER}/`))
      return /^org\/actions\/[a-z-]+@v1$/.test(reference)
        ? []
        : [`${at(uses)} "${reference}" is not one of ours as service teams write it: org/actions/<name>@v1`];
    return complaints(
      `${at(uses)} "${reference}"`,
      !/@[0-9a-f]{40}$/.test(reference) && 'is not pinned by a full commit sha',
      !/^ v\d+\.\d+\.\d+$/.test(uses.comment ?? '') && 'has no comment with its exact version, such as "# v1.2.3"',
    );
  });

/**
 * W02: a condition with anything around its `${{ }}`, be it only the line break that `|` leaves, is a text, and a text
 * that is not empty is true.
 */
export const conditions: Policy = ({ jobs, at }) =>
  jobs
    .flatMap(({ node, steps }) => [node, ...steps])
    .map((map) => scalar(map, 'if'))
    .filter((condition) => condition !== undefined)
    .filter(({ value }) => String(value).includes('${{') && !/^\$\{\{(?:(?!\}\}).)*\}\}$/.test(String(value)))
    .map((condition) => `${at(condition)} this condition is always true: write it bare, without \${{ }}, on one line`);

/**
 * W01: without a condition of its own a job is skipped, without a word, when any job above it was skipped. So one that
 * deploys says what it needs, and so does one whose condition looks past failures.
 */
export const needsTrap: Policy = ({ jobs, at }) =>
  jobs.flatMap(({ id, node, needs, condition, environment }) => {
    const looksPast = /\b(?:always|failure|cancelled)\(\)/.test(condition);
    if (needs.length === 0 || (environment === undefined && (!looksPast || condition === 'always()'))) return [];
    const asked = condition
      .replace(/^\$\{\{|\}\}$/g, '')
      .split('&&')
      .map((part) => part.trim());
    const unasked = needs.filter((need) => !asked.includes(`needs.${need}.result == 'success'`));
    return complaints(
      `${at(node)} job "${id}"`,
      condition === '' && `deploys to ${environment} and has no condition: a skipped job above would skip it silently`,
      condition !== '' && !asked.includes('!cancelled()') && `has a condition without "!cancelled()": ${condition}`,
      condition !== '' && unasked.length > 0 && `does not ask for the success of ${unasked.join(', ')}`,
    );
  });

/** W01: the last job always runs and looks at every other, so that a skipped gate is red. */
export const lastJobJudges: Policy = ({ file, jobs, at }) => {
  if (jobs.length === 1) return [];
  const needed = new Set(jobs.flatMap(({ needs }) => needs));
  const ends = jobs.filter(({ id }) => !needed.has(id));
  const [last] = ends;
  if (last === undefined || ends.length > 1) {
    const names = ends.map(({ id }) => id).join(', ');
    return [`${file}: there must be one last job that needs all others, and nothing needs ${names}`];
  }
  const others = jobs.filter((job) => job !== last).map(({ id }) => id);
  const unneeded = others.filter((id) => !last.needs.includes(id));
  const written = last.node.toString();
  const unread = others.filter((id) => !written.includes(`needs.${id}.result`));
  return complaints(
    `${at(last.node)} the last job, "${last.id}",`,
    last.condition !== 'always()' && `must have the bare condition "always()", not "${last.condition}"`,
    unneeded.length > 0 && `does not need ${unneeded.join(', ')}`,
    unread.length > 0 && `does not look at the result of ${unread.join(', ')}`,
  );
};

/** W04, W05: what is deployed is the one digest that was built: not a tag, and not a second build. */
export const digestsAreDeployed: Policy = ({ jobs, at }) => {
  const deployments = jobs.filter(({ environment }) => environment !== undefined);
  const images = deployments.map((job) => {
    const setting = job.steps.map((step) => text(step, 'run')).find((run) => run.includes('kubectl set image')) ?? '';
    const [, variable = ''] = /=\$\{?(\w+)\}?"/.exec(setting) ?? [];
    return { job, image: text(job.node, 'env', variable) };
  });
  return images.flatMap(({ job, image }) => {
    const [, from = '', output = ''] = /^\$\{\{ needs\.([\w-]+)\.outputs\.([\w-]+) \}\}$/.exec(image) ?? [];
    const builder = jobs.find(({ id }) => id === from);
    return complaints(
      `${at(job.node)} job "${job.id}"`,
      builder === undefined && `does not deploy an output of the job that builds, but "${image}"`,
      builder !== undefined && !isDigest(builder, output) && `deploys ${image}, which is not made from a digest`,
      image !== images[0]?.image && `deploys ${image}, and job "${images[0]?.job.id}" deploys ${images[0]?.image}`,
      usesOf([job]).some(({ value }) => /build-push-action/.test(String(value))) && 'builds a second image',
    );
  });
};

/** Whether a job's output is `name@digest`, with the digest from a step's output of that name. */
function isDigest({ node, steps }: Job, output: string): boolean {
  const [, step] = /^\$\{\{ steps\.([\w-]+)\.outputs\.[\w-]+ \}\}$/.exec(text(node, 'outputs', output)) ?? [];
  const maker = steps.find((one) => text(one, 'id') === step);
  if (maker === undefined) return false;
  const [, variable] = /@\$\{?(\w+)\}?/.exec(text(maker, 'run')) ?? [];
  return variable !== undefined && /^\$\{\{ steps\.[\w-]+\.outputs\.digest \}\}$/.test(text(maker, 'env', variable));
}

/** Text from outside in a script is code. Scripts get values through `env`. */
export const scripts: Policy = ({ root, jobs, at }) => [
  ...(text(root, 'defaults', 'run', 'shell') === 'bash' ? [] : [`${at(root)} defaults.run.shell is not bash`]),
  ...jobs
    .flatMap(({ steps }) => steps)
    .map((step) => scalar(step, 'run'))
    .filter((run) => String(run?.value ?? '').includes('${{'))
    .map((run) => `${at(run)} a script has an expression in it: hand the value on through "env"`),
];

export const runners: Policy = ({ jobs, at }) =>
  jobs
    .filter(({ node }) => text(node, 'runs-on') !== 'ubuntu-24.04')
    .map(({ id, node }) => `${at(node)} job "${id}" does not run on ubuntu-24.04`);

/** The token of the checkout would stay in .git/config for every later step to read. */
export const checkouts: Policy = ({ jobs, at }) =>
  jobs
    .flatMap(({ steps }) => steps)
    .filter((step) => text(step, 'uses').startsWith('actions/checkout@'))
    .filter((step) => text(step, 'with', 'persist-credentials') !== 'false')
    .map((step) => `${at(step)} the checkout keeps its token: say "persist-credentials: false"`);

export const POLICIES: Readonly<Record<string, Policy>> = {
  timeouts,
  concurrency,
  deploymentsQueue,
  permissions,
  pins,
  conditions,
  needsTrap,
  lastJobJudges,
  digestsAreDeployed,
  scripts,
  runners,
  checkouts,
};

function complaints(about: string, ...found: readonly (string | false)[]): string[] {
  return found.filter((complaint) => complaint !== false).map((complaint) => `${about} ${complaint}`);
}

function usesOf(jobs: readonly Job[]): Scalar[] {
  const found: Scalar[] = [];
  for (const { node } of jobs) {
    visit(node, {
      Pair(_key, { key, value }) {
        if (isScalar(key) && key.value === 'uses' && isScalar(value)) found.push(value);
      },
    });
  }
  return found;
}

function isEmptyMap(map: YAMLMap, key: string): boolean {
  const value = map.get(key);
  return isMap(value) && value.items.length === 0;
}
