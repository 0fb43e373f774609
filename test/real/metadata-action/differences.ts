import { OUTPUTS, type Outcome, type Outputs, type Step } from './both.ts';

/** Every difference between image-tag and docker/metadata-action that is meant, and why. Anything else is a bug of ours. */
export const DIFFERENCES = {
  'no tag': 'no rule that gives a tag is an error: the next step would push an image without a name',
  'no image': 'an image is required, and one that is enabled',
  refused: 'what nobody can have meant is an error: an empty value, an expression or an attribute that is not known',
  'zone name': 'z, the short name of a time zone, would take a list of all zones',
  'double quotes': 'there a rule with a " inside it ends the step',
  comma: 'there a comma ends a regular expression, although its whole field is in quotes',
  'no group': 'a match without a group is the whole of what it matched; there it ends the step',
  'first character': 'a tag begins with a letter, a digit or _',
  'nothing left': 'a text of which nothing can be part of a tag gets its hash',
  yaml: 'a branch, a pull request or a commit that YAML would read as a number or a truth value gets its kind before it',
  escaping: 'expressions are not escaped',
  metadata: 'build metadata does not count, nor does the local part of PEP 440',
  'no match': 'a version whose match does not match gives no tag; there the whole git tag is read instead',
  'empty value': 'what expressions leave empty gives no tag; there the prefix and the suffix alone are one',
  'flag g': 'with the flag g the group is a group; there it is the number of the match, and its groups are lost',
  'latest is filled': 'expressions in the prefix and the suffix of the flavor are evaluated for latest too',
  'flavor =': 'a prefix or a suffix of the flavor may have a =; there it ends it',
  'schedule expressions': 'a schedule may have all expressions, not only dates',
  'created branch': 'a branch or a tag that is created is not the default branch',
  'true ref': 'workflow_run and merge_group have the ref that was tested, not the one they run on',
  'base commit': "pull_request_target runs for the base branch's commit, and checks it out",
  'once each': 'every image and every tag comes out once',
  'all names': 'several names in one line are several images, also where there are more lines',
  'label key': 'white space around the = of a label is no part of it, and a label without a key is left out',
  'own level': 'an annotation may name its level, which is no part of its key',
  comment: 'a # after white space begins a comment too',
  checkout:
    'a detached HEAD has the ref that names it, and what names none is on no branch; there one is guessed, or it fails',
  'not enabled': 'a raw rule that is not enabled needs no value',
  'empty label':
    "a description or a licence that the repository does not have would take the place of the Dockerfile's",
  created: 'the label of the creation is SOURCE_DATE_EPOCH, if it is set',
  'no API': "what the event does not have of the repository, its description and licence, is not asked of GitHub's API",
} as const;
export type Difference = keyof typeof DIFFERENCES;

/** The differences that explain two outcomes; `unexplained` where they do not. */
export function explanation(step: Step, theirs: Outcome, ours: Outcome): ReadonlySet<Difference | 'unexplained'> {
  if (theirs.outputs === undefined && ours.outputs === undefined) return new Set();
  if (ours.outputs === undefined) return new Set([refusal(step, theirs.outputs as Outputs, ours.said)]);
  if (theirs.outputs === undefined) return new Set([theirFailure(theirs.said)]);
  if (OUTPUTS.every((name) => theirs.outputs?.[name] === ours.outputs?.[name])) return new Set();
  const found = new Set([
    ...tagDifferences(step, theirs.outputs, ours.outputs),
    ...imageDifferences(step, theirs.outputs, ours.outputs),
    ...pairDifferences(step, theirs.outputs, ours.outputs),
  ]);
  // The other outputs say the same in other forms, which was compared where there is no difference.
  return found.size === 0 ? new Set(['unexplained']) : found;
}

/** Our errors for what they take and mostly ignore. */
const REFUSALS = new RegExp(
  [
    ...['value is empty', 'is not known here', 'is not an attribute of', 'is given twice', 'expected a whole number'],
    ...['is not a time zone', 'the format has to be in quotes', 'pattern has no value', 'onlatest belongs to a prefix'],
    ...['is an address', 'has the tag "latest"', 'is required and has no value'],
  ].join('|'),
);

function refusal(step: Step, theirs: Outputs, said: string): Difference | 'unexplained' {
  if (/z, the short name of a time zone/.test(said)) return 'zone name';
  if (/Every image has enable=false|Input "images" is required/.test(said)) return 'no image';
  if (REFUSALS.test(said)) return 'refused';
  if (!/No rule gave a tag/.test(said)) return 'unexplained';
  const given = theirs['tag-names'] === '' ? [] : list(step, theirs, 'tag-names');
  return given.every((tag) => missing(step, tag) !== undefined) ? 'no tag' : 'unexplained';
}

function theirFailure(said: string): Difference | 'unexplained' {
  if (/Invalid Opening Quote|Quote Not Closed/.test(said)) return 'double quotes';
  if (/Invalid regular expression: .*Unterminated group/.test(said)) return 'comma';
  if (/detached HEAD/.test(said)) return 'checkout';
  if (/Missing value attribute for type=raw/.test(said)) return 'not enabled';
  if (/reading 'replace'/.test(said)) return 'no group';
  if (/Parse error on line 1:.* tz/s.test(said)) return 'flavor =';
  return 'unexplained';
}

type Found = Difference | 'unexplained';

function tagDifferences(step: Step, theirs: Outputs, ours: Outputs): readonly Found[] {
  if (step.workspace !== undefined && theirs.tags !== ours.tags) return ['checkout'];
  const [before, after] = [list(step, theirs, 'tag-names'), list(step, ours, 'tag-names')];
  const found: Found[] = new Set(before).size === before.length ? [] : ['once each'];
  let added = after.filter((tag) => !before.includes(tag));
  for (const tag of before.filter((each) => each !== '' && !after.includes(each))) {
    const became = added.map((other) => [other, rewritten(step, tag, other)] as const).find(([, why]) => why);
    if (became?.[1] !== undefined) {
      found.push(became[1]);
      added = added.filter((other) => other !== became[0]);
      continue;
    }
    const again = after.find((other) => rewritten(step, tag, other) !== undefined);
    found.push(missing(step, tag) ?? (again === undefined ? 'unexplained' : 'once each'));
  }
  for (const tag of added) found.push(extra(step, tag));
  const kept = (tags: readonly string[], others: readonly string[]) => tags.filter((tag) => others.includes(tag));
  if (kept([...new Set(before)], after).join() !== kept(after, before).join()) found.push('unexplained');
  return found;
}

/** Why our tag differs from theirs. */
function rewritten(step: Step, theirs: string, ours: string): Difference | undefined {
  const { inputs, event } = step;
  if (theirs.replace(/^[.-]+/, '') === ours) return 'first character';
  if (/^(?:branch|pr|sha)-/.test(ours) && ours.replace(/^[a-z]+-/, '') === theirs) return 'yaml';
  const plain = (text: string) => text.replace(/-+/g, '-').replace(/^[.-]+/, '');
  const unescaped = theirs.replace(/-(?:amp|lt|gt|quot|x27|x3D|x60)-/g, '-');
  if (unescaped !== theirs && plain(unescaped) === plain(ours)) return 'escaping';
  const released = theirs.replace(/-(?:build(?:\.5)?|local[.-]1)/g, '');
  if (/\+/.test(`${event.ref} ${inputs.tags}`) && plain(released) === plain(ours)) return 'metadata';
  if (/(?:raw|schedule|match|tag|semver|pep440|branch)-[0-9a-f]{8}/.test(ours)) {
    const [start = '', end = ''] = ours.split(/[a-z0-9]+-[0-9a-f]{8}/);
    if (theirs.replace(/^[.-]+/, '').startsWith(start) && theirs.endsWith(end)) return 'nothing left';
  }
  if (/fix=k=v/.test(inputs.flavor ?? '') && ours.includes('k-v') && /^k|k$/.test(theirs)) return 'flavor =';
  if (theirs.includes('latest') && ours.includes('latest') && /\{\{/.test(inputs.flavor ?? ''))
    return 'latest is filled';
  if (event.name === 'create' && theirs.replace('false', 'true') === ours) return 'created branch';
  if (event.name === 'create' && theirs.replace('true', 'false') === ours) return 'created branch';
  if (isBaseCommit(step) && /d9012a3/.test(theirs) && /860c190/.test(ours)) return 'base commit';
  return isTrueRef(step) ? 'true ref' : undefined;
}

/** Why they give a tag that we do not. */
function missing(step: Step, tag: string): Difference | undefined {
  const tags = step.inputs.tags ?? '';
  if (/^\s+#/m.test(tags) && tag.startsWith('-')) return 'comment';
  if (/type=(?:semver|pep440)[^\n]*match=/.test(tags)) return 'no match';
  if (/(?:type=(?:raw|match)|^\{\{)/m.test(tags) && !/\{\{date|\{\{ ?commit_date/.test(tag)) return 'empty value';
  if (step.event.name === 'schedule' && /type=schedule[^\n]*pattern=\S*\{\{/.test(tags)) return 'schedule expressions';
  if (step.event.name === 'create') return 'created branch';
  return isTrueRef(step) ? 'true ref' : undefined;
}

/** Why we give a tag that they do not. */
function extra(step: Step, tag: string): Found {
  const tags = step.inputs.tags ?? '';
  if (/type=match[^\n]*\/g\b/.test(tags)) return 'flag g';
  if (step.event.name === 'create') return 'created branch';
  if (step.event.name === 'schedule' && /type=schedule[^\n]*pattern=[^\n]*\{\{/.test(tags))
    return 'schedule expressions';
  if (/type=match[^\n]*"pattern=[^\n]*\{\d,/.test(tags)) return 'comma';
  if (tag.includes('latest') && /no match|flag g/.test(String(missing(step, tag)))) return 'no match';
  return isTrueRef(step) ? 'true ref' : 'unexplained';
}

function isTrueRef({ event }: Step): boolean {
  return event.name === 'workflow_run' || event.name === 'merge_group';
}

function isBaseCommit({ event, env }: Step): boolean {
  return event.name === 'pull_request_target' && env?.DOCKER_METADATA_PR_HEAD_SHA === 'true';
}

function imageDifferences(step: Step, theirs: Outputs, ours: Outputs): readonly Found[] {
  const names = (outputs: Outputs) => list(step, outputs, 'tags').map((tag) => tag.slice(0, tag.lastIndexOf(':')));
  const [before, after] = [[...new Set(names(theirs))], [...new Set(names(ours))]];
  // Without a tag they have no image either.
  if (theirs['tag-names'] === '') return [];
  const found: Found[] = [];
  const lines = (step.inputs.images ?? '').split('\n').filter((line) => !line.startsWith('#'));
  if (new Set(lines).size < lines.length) found.push('once each');
  const repeated = names(theirs).length > before.length * new Set(list(step, theirs, 'tag-names')).size;
  if (repeated) found.push('once each');
  if (before.join() === after.join()) return found;
  return [...found, lines.some((line) => /^[^="]+,[^="]+$/.test(line)) ? 'all names' : 'unexplained'];
}

function pairDifferences(step: Step, theirs: Outputs, ours: Outputs): readonly Found[] {
  const found = new Set<Found>();
  for (const name of ['labels', 'annotations'] as const) {
    const version = (lines: readonly string[]) => lines.filter((line) => !line.includes('image.version='));
    const after = version(list(step, ours, name));
    const before = version(list(step, theirs, name)).flatMap((line) => {
      const [, level = '', key = '', value = ''] = /^((?:[a-z-]+:)?)([^=]*)=(.*)$/.exec(line) ?? [];
      if (after.includes(line)) return [line];
      if (/^manifest:(?:index|manifest):/.test(line) && after.includes(line.slice('manifest:'.length)))
        return note('own level', []);
      if (key === '') return note('label key', []);
      if (after.includes(`${level}${key.trim()}=${value.trim()}`))
        return note('label key', [`${level}${key.trim()}=${value.trim()}`]);
      if (isBaseCommit(step) && key.endsWith('revision'))
        return note('base commit', [`${level}${key}=${step.event.sha}`]);
      if (isTrueRef(step)) return note('true ref', []);
      if (step.event.name === 'create' && /\b(?:true|false)\b/.test(line)) return note('created branch', []);
      if (value === '' && /image\.(?:description|licenses)$/.test(key)) return note('empty label', []);
      if (step.env?.SOURCE_DATE_EPOCH !== undefined && key.endsWith('image.created')) return note('created', []);
      if (step.event.payload.repository === undefined && /(?:description|licenses)$/.test(key))
        return note('no API', []);
      if (/&(?:amp|lt|gt|quot|#x\w+);/.test(line)) return note('escaping', []);
      return [line];
    });
    const changed = [...found].some((difference) => !['label key', 'no API', 'empty label'].includes(difference));
    const both = after.filter((line) => before.includes(line));
    if (before.join('\n') !== both.join('\n')) found.add('unexplained');
    if (before.length !== after.length && !changed) found.add('unexplained');
  }
  return [...found];

  function note(difference: Difference, lines: readonly string[]): readonly string[] {
    found.add(difference);
    return lines;
  }
}

function list({ inputs }: Step, outputs: Outputs, name: 'tags' | 'tag-names' | 'labels' | 'annotations') {
  const separator = inputs[`sep-${name === 'tag-names' ? 'tags' : name}`] || '\n';
  return outputs[name].split(separator);
}
