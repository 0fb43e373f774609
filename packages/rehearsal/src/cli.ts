import { parseArgs } from 'node:util';
import { ROOT } from '@delivery-actions/release';
import { liveLines } from './console.ts';
import { outcomeTable } from './outcome.ts';
import { rehearse } from './rehearse.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { WorkflowError } from './workflow/index.ts';

const USAGE = `Rehearses the delivery of a small service on this machine, with the bundles that ship.

  pnpm rehearse [--scenario NAME]

${SCENARIOS.map(({ name, about }) => `  ${name.padEnd(30)}  ${about}`).join('\n')}

Exits with the delivery's own verdict: 0 when it reached production, 1 when it did not, 2 when the call is wrong.`;

const cancel = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => cancel.abort(signal));

// A reader that has gone (`| head`) must not leave the cluster's processes behind.
process.stdout.on('error', () => cancel.abort('the reader of the output has gone'));

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const scenario = chosen(args);
  if (typeof scenario === 'number') return scenario;
  const start = performance.now();
  const say = (line: string) => console.log(line);
  try {
    const result = await rehearse(scenario, {
      tell: say,
      watch: liveLines(say, 'production'.length),
      signal: cancel.signal,
    });
    const seconds = ((performance.now() - start) / 1_000).toFixed(1);
    say('');
    for (const line of outcomeTable(result)) say(line);
    say('');
    const delivered = result.delivery.conclusion === 'success';
    say(`${scenario.name}: ${delivered ? 'delivered' : 'not delivered'} in ${seconds}s`);
    return delivered ? 0 : 1;
  } catch (error) {
    if (cancel.signal.aborted) {
      say(`Cancelled (${String(cancel.signal.reason)}): everything that was started has ended.`);
      return 1;
    }
    if (!(error instanceof WorkflowError)) throw error;
    console.error(`\nThe workflow cannot be run:\n${error.message.replaceAll(ROOT, '')}`);
    return 2;
  }
}

/** The scenario that was asked for, or the exit code when there is nothing to rehearse. */
function chosen(args: readonly string[]): Scenario | number {
  const wrong = (message: string) => {
    console.error(`${message}\n\n${USAGE}`);
    return 2;
  };
  try {
    const { values } = parseArgs({
      // pnpm hands on the "--" of "pnpm rehearse -- --scenario NAME".
      args: args.filter((arg) => arg !== '--'),
      options: {
        scenario: { type: 'string', default: SCENARIOS[0]?.name ?? '' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      console.log(USAGE);
      return 0;
    }
    const found = SCENARIOS.find(({ name }) => name === values.scenario);
    if (found !== undefined) return found;
    return wrong(`There is no scenario "${values.scenario}".${suggestion(values.scenario)}`);
  } catch (error) {
    return wrong((error as Error).message);
  }
}

function suggestion(given: string): string {
  const words = new Set(given.toLowerCase().split(/[^a-z]+/));
  const meant = SCENARIOS.find(({ name }) => name.startsWith(given) || name.split('-').some((word) => words.has(word)));
  return meant === undefined ? '' : ` Did you mean "${meant.name}"?`;
}
