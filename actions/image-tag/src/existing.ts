import type { Finding } from '@delivery-actions/action-kit';
import type { ImageRegistry, RegistryFailureKind } from '@delivery-actions/oci';
import { promiseFindings, readImages } from './promised.ts';
import { type Answer, type Failed, failureFindings, look, type TagOf, written } from './registries.ts';
import type { Promised, RegistryRow, RegistryWord } from './registry-word.ts';

interface Asked {
  readonly of: TagOf;
  readonly answer: Answer;
}

/**
 * Whether the image of this commit is there already. Only tags that stay say so: what `main` or `latest` names was built from
 * anything. All of them have to agree, since a build would write them all.
 */
export async function existingWord(
  mode: 'reuse' | 'fail',
  tags: readonly TagOf[],
  promised: Promised,
  registry: ImageRegistry,
): Promise<RegistryWord> {
  const asked = await Promise.all(tags.map(async (of): Promise<Asked> => ({ of, answer: await look(registry, of) })));
  const rows = asked.map(row);
  const word = (verdict: string, findings: readonly Finding[], rest: Partial<RegistryWord> = {}): RegistryWord => ({
    rows,
    findings,
    verdict,
    named: [],
    ...rest,
  });
  if (tags.length === 0) return word('No tag that stays could be looked for', [nothingStays(mode)]);

  const failed = asked.flatMap(({ of, answer }): Failed[] =>
    answer.kind === 'failure' ? [{ image: of.image, failure: answer.failure }] : [],
  );
  if (failed.length > 0)
    return word(
      'Whether the image exists is not known',
      failureFindings(failed, 'The registry gave no answer', firstPush),
    );

  const there = asked.flatMap(({ of, answer }) =>
    answer.kind === 'digest' ? [{ reference: written(of), digest: answer.digest }] : [],
  );
  const absent = asked.filter(({ answer }) => answer.kind === 'absent').map(({ of }) => written(of));
  const [found] = there;
  if (found === undefined) return word('No such image yet: it is to be built', [], { exists: false });
  const { digest } = found;
  const listed = there.map((each) => `${each.reference} is ${each.digest}`).join('\n');
  const exists = `${there.length} of ${tags.length} tags of this commit ${there.length === 1 ? 'is' : 'are'} in the registry already`;
  if (there.some((each) => each.digest !== digest)) return word(exists, [differing(listed, found.reference)]);
  if (mode === 'fail') return word(exists, [notBuiltOver(listed)]);
  if (absent.length > 0) return word(exists, [partly(listed, absent, found)]);

  const images = [...new Set(tags.map(({ image }) => image))];
  const read = await readImages(images, (name) => registry.images(name, digest));
  const findings = [
    ...failureFindings(read.failed, 'The image cannot be read'),
    ...promiseFindings(read.images, digest, promised, 'Not the image of this commit'),
  ];
  if (findings.length > 0) return word(`${digest} cannot be reused`, findings);
  return {
    rows: [...rows, ...read.rows],
    findings,
    exists: true,
    digest,
    named: tags,
    verdict: `The image of commit ${promised.revision} is there: ${digest}`,
  };
}

/** Docker Hub hides what does not exist behind a 401. */
function firstPush(kind: RegistryFailureKind): string {
  return kind === 'denied' || kind === 'credentials-wanted'
    ? '\nsome registries also answer so when nothing was ever pushed there: then leave "exists" out for the first push'
    : '';
}

function row({ of, answer }: Asked): RegistryRow {
  const name = written(of);
  switch (answer.kind) {
    case 'digest':
      return { name, digest: answer.digest, says: 'is there', status: 'passed' };
    case 'absent':
      return { name, digest: null, says: 'is not there', status: 'skipped' };
    case 'failure':
      return { name, digest: null, says: 'gave no answer', status: 'failed' };
  }
}

function nothingStays(mode: string): Finding {
  return {
    level: 'error',
    title: 'No tag that stays',
    message: `exists: ${mode} looks for tags that no other commit gets, and no rule gave one for this run.`,
    hint: 'add a rule that gives one under "tags:":\ntype=sha',
  };
}

function differing(listed: string, reference: string): Finding {
  return {
    level: 'error',
    title: 'The tags of this commit name different images',
    message: `Tags that should all name the image of this commit do not:\n${listed}`,
    hint: `find out which one was built from this commit, and remove the other: docker buildx imagetools inspect ${reference}`,
  };
}

function notBuiltOver(listed: string): Finding {
  return {
    level: 'error',
    title: 'The image exists already',
    message: `A build would overwrite an image that may have been tested or deployed:\n${listed}`,
    hint: 'take what is there instead of building it again:\nexists: reuse',
  };
}

function partly(
  listed: string,
  absent: readonly string[],
  { reference, digest }: { reference: string; digest: string },
): Finding {
  const source = `${reference.slice(0, reference.lastIndexOf(':'))}@${digest}`;
  return {
    level: 'error',
    title: 'Only some tags of this commit exist',
    message: `The image of this commit is there, but not under every tag:\n${listed}\nnot there: ${absent.join(', ')}`,
    hint: `did an earlier push end half-way? Give the image the tags that it lacks, then run the job again:\n${absent.map((tag) => `docker buildx imagetools create --tag ${tag} ${source}`).join('\n')}`,
  };
}
