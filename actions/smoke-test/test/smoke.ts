import { type Exchange, listen, sendJson } from '@delivery-actions/stand-ins';
import { type Circumstances, type Recorded, runMain } from '@delivery-actions/testkit';
import { main } from '../src/main.ts';

export type Answer = (exchange: Exchange) => void;

/** Runs the tests of a YAML file against a service that answers so, and notes what the service was asked. */
export async function smoke(
  tests: string,
  answer: Answer,
  { inputs = {}, ...more }: Circumstances = {},
): Promise<Recorded & { asked: string[]; url: string }> {
  const asked: string[] = [];
  await using service = await listen((exchange) => {
    asked.push(`${exchange.method} ${exchange.url.pathname}${exchange.url.search}`);
    answer(exchange);
  });
  const recorded = await runMain('smoke-test', (run) => main(run, { random: () => 0 }), {
    inputs: { 'base-url': service.url, tests: 'smoke.yml', ...inputs },
    files: { 'smoke.yml': tests },
    ...more,
  });
  return { ...recorded, asked, url: service.url };
}

export const ok: Answer = ({ response }) => sendJson(response, 200, { id: 'ord-1' });

/** Times differ from run to run. */
export const timeless = (lines: readonly string[]) =>
  lines.map((line) => line.replace(/ *\b\d+(?:\.\d+)?m?s\b/, ' TIME').replace(/ +skipped:/, '  skipped:'));
