import { join } from 'node:path';
import fc from 'fast-check';
import { type Peer, peerFolder } from '../bench/peers.ts';
import type { NotHere } from './installed.ts';
import { type Outcome, ours, type Step, theirs } from './metadata-action/both.ts';
import { CASES, REFUSED, stepOf } from './metadata-action/cases.ts';
import { checkedOut } from './metadata-action/checkouts.ts';
import { DIFFERENCES, type Difference, explanation } from './metadata-action/differences.ts';
import { BARE, push, REPOSITORY } from './metadata-action/events.ts';
import { EXAMPLES } from './metadata-action/examples.ts';
import { steps } from './metadata-action/steps.ts';

export const name = 'docker/metadata-action gives what image-tag gives, but for the differences that are named';

/** After v6.2.0. */
const PEER: Peer = { repository: 'docker/metadata-action', commit: 'dc802804100637a589fabce1cb79ff13a1411302' };
const SEED = Number(process.env.REAL_SEED || 5);
const STEPS = Number(process.env.REAL_STEPS || 300);

interface Expected {
  readonly what: string;
  readonly step: Step;
  /** Answers what is wrong. */
  readonly check: (theirs: Outcome, ours: Outcome) => string | undefined;
}

export async function run(): Promise<'passed' | NotHere> {
  const peer = peerFolder(PEER);
  if (typeof peer !== 'string') return peer;
  const count = new Map<string, number>();
  const all = [...cases(), ...examples(), ...generated(count)];
  const answers = await theirs(
    join(peer, 'index.cjs'),
    all.map(({ step }) => step),
    (fullName) => (fullName === BARE.full_name ? BARE : REPOSITORY),
  );
  const wrong: string[] = [];
  for (const [index, { what, step, check }] of all.entries()) {
    const [their, our] = [answers[index] ?? { said: '' }, await ours(step)];
    const message = check(their, our);
    if (message !== undefined) wrong.push([what, message, shown(step), shown(their), shown(our)].join('\n  '));
  }
  if (wrong.length > 0) throw new Error(`${wrong.length} of ${all.length} steps:\n${wrong.join('\n')}`);
  const told = [...count].map(([each, times]) => `${each} ${times}`).join(', ');
  console.log(`  ${all.length} steps; of ${STEPS} that seed ${SEED} gave: ${told}`);
  return 'passed';
}

function cases(): Expected[] {
  return [
    ...CASES.map(([what, event, inputs, tags]): Expected => {
      const step = stepOf(event, inputs);
      return {
        what,
        step,
        check: (their, our) =>
          explanation(step, their, our).size > 0 || our.outputs === undefined
            ? 'differs'
            : expected(their.outputs?.['tag-names'], tags.join(inputs['sep-tags'] ?? '\n')),
      };
    }),
    ...REFUSED.map(
      ([what, inputs]): Expected => ({
        what,
        step: stepOf(push('heads/main'), inputs),
        check: (their, our) => (their.outputs || our.outputs ? 'is not refused' : undefined),
      }),
    ),
  ];
}

function expected(given: string | undefined, wanted: string): string | undefined {
  return given === wanted ? undefined : `they give ${given} instead of ${wanted}`;
}

function examples(): Expected[] {
  const shows = (difference: string, step: Step) => (their: Outcome, our: Outcome) => {
    const found = [...explanation(step, their, our)].join(', ');
    return found === difference ? undefined : `it shows ${found || 'no difference'}`;
  };
  const ofCheckouts = checkedOut().map(({ what, step, difference }) => ({
    what,
    step,
    check: shows(difference, step),
  }));
  const each = (Object.keys(DIFFERENCES) as Difference[]).flatMap((difference) =>
    EXAMPLES[difference].map((step) => ({
      what: `${difference}: ${DIFFERENCES[difference]}`,
      step,
      check: shows(difference, step),
    })),
  );
  return [...ofCheckouts, ...each];
}

function generated(count: Map<string, number>): Expected[] {
  const add = (what: string) => count.set(what, (count.get(what) ?? 0) + 1);
  return fc.sample(steps, { seed: SEED, numRuns: STEPS }).map((step) => ({
    what: 'a difference that is not named',
    step,
    check: (their, our) => {
      const found = explanation(step, their, our);
      if (found.size === 0) add(our.outputs === undefined ? 'both refuse' : 'equal');
      for (const each of found) add(each);
      return found.has('unexplained') ? [...found].join(', ') : undefined;
    },
  }));
}

function shown(value: object): string {
  return JSON.stringify(value).slice(0, 1_500);
}
