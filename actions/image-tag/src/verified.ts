import { type Finding, formatDuration } from '@delivery-actions/action-kit';
import { type ImageRegistry, RegistryFailure, type RegistryFailureKind } from '@delivery-actions/oci';
import { backoff, type Clock, type Deadline, sleep } from '@delivery-actions/waiting';
import { promiseFindings, readImages } from './promised.ts';
import { type Answer, type Failed, failureFindings, look, type TagOf, written } from './registries.ts';
import type { Promised, RegistryRow, RegistryWord } from './registry-word.ts';

interface Asking {
  readonly registry: ImageRegistry;
  readonly clock: Clock;
  readonly end: Deadline;
  /** Of the job, which ends everything. */
  readonly signal: AbortSignal;
}

interface Asked {
  readonly of: TagOf;
  readonly answer: Answer;
}

const TITLE = 'Not verified';
/** Milliseconds between two questions, so that a registry is not flooded when chance draws a short wait. */
const SHORTEST_PAUSE = 200;
/** Asking again does not help these. */
const FINAL: readonly RegistryFailureKind[] = ['credentials-wanted', 'denied', 'bad-credentials', 'bad-answer'];

/**
 * Whether every tag names the pushed digest, and the digest is what this run promises. A registry may show a push late, so
 * what is not so yet is asked again until the deadline.
 */
export async function verifiedWord(
  digest: string,
  tags: readonly TagOf[],
  held: readonly TagOf[],
  promised: Promised,
  asking: Asking,
): Promise<RegistryWord> {
  const { registry } = asking;
  const isNamed = ({ answer }: Asked) => answer.kind === 'digest' && answer.digest === digest;
  const settling = tags.map(async (of): Promise<Asked> => ({ of, answer: await settled(of, digest, asking) }));
  const [asked, moved, read] = await Promise.all([
    Promise.all(settling),
    Promise.all(held.map(async (of): Promise<Asked> => ({ of, answer: await look(registry, of) }))),
    // As soon as one tag is there, since another one may take until the deadline.
    readImages([...new Set(tags.map(({ image }) => image))], async (name, image) =>
      (await some(settling, (each) => each.of.image === image && isNamed(each)))
        ? present(() => registry.images(name, digest), asking)
        : undefined,
    ),
  ]);
  const waited = formatDuration(asking.end.elapsed());
  const named = asked.filter(isNamed).map(({ of }) => of);
  const back = moved.filter(isNamed);
  const failed = asked.flatMap(({ of, answer }): Failed[] =>
    answer.kind === 'failure' ? [{ image: of.image, failure: answer.failure }] : [],
  );
  const findings: Finding[] = [
    ...otherFindings(asked, digest, waited),
    ...failureFindings(failed, TITLE),
    ...failureFindings(read.failed, TITLE),
    ...promiseFindings(read.images, digest, promised, TITLE),
    ...back.map(({ of }) => movedBack(of, digest)),
  ];
  const platforms = read.rows.map(({ name }) => name).join(', ');
  return {
    rows: [...asked.map((each) => row(each, digest)), ...read.rows],
    findings,
    digest,
    named,
    verdict:
      named.length < tags.length
        ? `${tags.length - named.length} of ${tags.length} tags do not name ${digest}`
        : findings.length > 0
          ? `${digest} is not what it should be`
          : `${tags.length === 1 ? '1 tag names' : `${tags.length} tags name`} ${digest}, for ${platforms}, of commit ${promised.revision}`,
  };
}

/** The answer that was hoped for, one that no time will change, or the last one before the deadline. */
async function settled(of: TagOf, digest: string, { registry, clock, end, signal }: Asking): Promise<Answer> {
  let last: Answer | undefined;
  for (const pause of backoff({ first: 1_000, most: 5_000 })) {
    const answer = await look(registry, of);
    // What a registry said before says more than that it was interrupted.
    if (end.passed && last !== undefined) return last;
    last = answer;
    if (answer.kind === 'digest' && answer.digest === digest) return answer;
    if (answer.kind === 'failure' && FINAL.includes(answer.failure.kind)) return answer;
    const asked = answer.kind === 'failure' ? (answer.failure.pause ?? 0) : 0;
    if (!(await paused(Math.max(pause, asked), { clock, end, signal }))) return last;
  }
  throw new Error('backoff ended');
}

/** As `ask` answers, once what it is about has arrived everywhere. */
async function present<Value>(ask: () => Promise<Value>, asking: Omit<Asking, 'registry'>): Promise<Value> {
  for (const pause of backoff({ first: 1_000, most: 5_000 })) {
    try {
      return await ask();
    } catch (failure) {
      if (!(failure instanceof RegistryFailure) || FINAL.includes(failure.kind)) throw failure;
      if (!(await paused(Math.max(pause, failure.pause ?? 0), asking))) throw failure;
    }
  }
  throw new Error('backoff ended');
}

/** Whether one of them is so, as soon as that is known. */
function some<Value>(promises: readonly Promise<Value>[], is: (value: Value) => boolean): Promise<boolean> {
  return new Promise((resolve, reject) => {
    for (const each of promises) each.then((value) => is(value) && resolve(true), reject);
    Promise.all(promises).then(() => resolve(false), reject);
  });
}

/** False when the deadline came first. */
async function paused(pause: number, { clock, end, signal }: Omit<Asking, 'registry'>): Promise<boolean> {
  try {
    await sleep(clock, Math.max(SHORTEST_PAUSE, pause), end.signal);
  } catch (reason) {
    if (signal.aborted) throw reason;
  }
  return !end.passed;
}

function row({ of, answer }: Asked, digest: string): RegistryRow {
  const name = written(of);
  if (answer.kind === 'failure') return { name, digest: null, says: 'gave no answer', status: 'failed' };
  if (answer.kind === 'absent') return { name, digest: null, says: 'is not there', status: 'failed' };
  return answer.digest === digest
    ? { name, digest, says: 'is what was pushed', status: 'passed' }
    : { name, digest: answer.digest, says: 'is another image', status: 'failed' };
}

/** One finding for each image, with all of its tags that name something else or nothing. */
function otherFindings(asked: readonly Asked[], digest: string, waited: string): readonly Finding[] {
  const images = new Map<string, { readonly first: TagOf; readonly lines: string[] }>();
  for (const { of, answer } of asked) {
    if (answer.kind === 'failure' || (answer.kind === 'digest' && answer.digest === digest)) continue;
    const others = images.get(of.image) ?? { first: of, lines: [] };
    images.set(of.image, others);
    others.lines.push(answer.kind === 'absent' ? `${written(of)} is not there` : `${written(of)} is ${answer.digest}`);
  }
  return [...images].map(([image, { first, lines }]) => ({
    level: 'error',
    title: TITLE,
    message: `${image} does not have what was pushed, ${digest}, after ${waited}:\n${lines.join('\n')}`,
    hint: `did the push to that registry fail, or another run push the same tag since? See what is there: docker buildx imagetools inspect ${written(first)}`,
  }));
}

function movedBack(of: TagOf, digest: string): Finding {
  return {
    level: 'error',
    title: TITLE,
    message: `${written(of)} was moved back: it is ${digest} of this run, and the registry has a higher version.`,
    hint: `give it back to the highest version: docker buildx imagetools create --tag ${written(of)} ${of.image}:VERSION\nand let the step before the build know of that one, by the git tags (fetch-depth: 0 for actions/checkout) or by the registry (exists: reuse)`,
  };
}
