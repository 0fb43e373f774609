import { formatDuration } from '@delivery-actions/action-kit';
import {
  type HttpClient,
  HttpFailure,
  type HttpRequest,
  type HttpResponse,
  type HttpTimings,
  retryAfter,
} from '@delivery-actions/http';
import { backoff, type Clock, type Deadline, sleep } from '@delivery-actions/waiting';
import { bodyOf, capturesOf, excerptOf, expectsStatus, isOtherAnswer, problemsOf } from './checks.ts';
import { reproduce, requestFor } from './request.ts';
import { looksSecret, type Secrets } from './secrets.ts';
import type { SmokeTest, Suite } from './suite.ts';
import { type Captured, placeholders, stringsIn, type Values } from './template.ts';
import { OUT_OF_TIME, type TestResult } from './test-report.ts';
import { notYet, repeatable } from './warm-up.ts';

export interface World {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Ends everything under way at the end of everything. */
  readonly client: HttpClient;
  readonly clock: Clock;
  /** The end of everything. */
  readonly end: Deadline;
  /** The end of the patience with a service that does not answer yet. */
  readonly warmUp: Deadline;
  readonly random: () => number;
  readonly secrets: Secrets;
  /** One line of the log, at once. */
  readonly say: (line: string) => void;
}

/** The answer, or why there is none, and what it took to get it. */
interface Exchange {
  readonly outcome: HttpResponse | HttpFailure;
  /** Of the last try alone. */
  readonly milliseconds: number;
  readonly tries: number;
}

type Judgement = Partial<TestResult> & Pick<TestResult, 'outcome' | 'problems' | 'tries'>;

const SHOWN = 200;

/** Runs the tests one after the other. A failed one hides no later one, unless that needs what it should have captured. */
export async function runSuite({ tests, env }: Suite, world: World): Promise<TestResult[]> {
  const captures = new Map<string, Captured>();
  const secretNames = new Set<string>();
  const results: TestResult[] = [];
  for (const value of env.values()) world.secrets.add(value);

  for (const test of tests) {
    const base = { ...described(test), tries: 0, problems: [] };
    const missing = namesIn(test).find((name) => !captures.has(name));
    if (world.end.signal.aborted) {
      results.push({ ...base, outcome: 'skipped', why: OUT_OF_TIME });
      continue;
    }
    if (missing !== undefined) {
      results.push({ ...base, outcome: 'skipped', why: `{${missing}} was not captured` });
      continue;
    }
    const values: Values = { captures, env };
    const command = reproduce(test, values, secretNames, world);
    const warming = !results.some(({ outcome }) => outcome === 'passed');
    const exchange = await answerTo(test, requestFor(test, values, world.baseUrl), warming, world);
    const result = { ...base, ...judged(test, exchange, captures, env, secretNames, world) };
    results.push(result.outcome === 'passed' ? result : { ...result, reproduce: command });
  }
  return results;
}

/** Sends the test's request; while the service may still be starting, again and again. */
async function answerTo(test: SmokeTest, request: HttpRequest, warming: boolean, world: World): Promise<Exchange> {
  if (!warming || world.warmUp.remaining() === 0) return send(request, world);
  const sendIt = () => untilThere(request, test.method, (status) => expectsStatus(test, status), world);
  if (repeatable(test.method)) return sendIt();
  // What must not be sent twice waits until a GET to its path is answered, without its headers and so without secrets.
  // 404 is an answer here: many services give it to a GET where only a POST is known.
  const { method, body, headers, ...probe } = request;
  const { there, tries } = await untilThere(probe, 'GET', (status) => status === 404, world);
  return there ? sendIt() : { ...(await send(request, world)), tries };
}

async function untilThere(
  request: HttpRequest,
  method: string,
  expected: (status: number) => boolean,
  world: World,
): Promise<Exchange & { readonly there: boolean }> {
  const { warmUp, clock, random, say, secrets, end } = world;
  const pauses = backoff({ first: 250, most: 5_000, random });
  let said: string | undefined;
  for (let tries = 1; ; tries += 1) {
    const exchange = await send(request, world);
    const { outcome } = exchange;
    const why = notYet(outcome, method, expected);
    if (why === undefined && said !== undefined) say(`Answering after ${formatDuration(warmUp.elapsed())}.`);
    const asked = (outcome instanceof HttpFailure ? undefined : retryAfter(outcome.headers, clock.now())) ?? 0;
    const left = warmUp.remaining();
    if (why === undefined || left === 0 || asked > left || end.signal.aborted)
      return { ...exchange, tries, there: why === undefined };
    if (why !== said) say(`Not answering yet: ${secrets.veil(why, SHOWN)}. Trying for ${formatDuration(left)} more.`);
    said = why;
    // An end of everything is seen by whoever sends next.
    await sleep(clock, Math.min(left, Math.max(asked, pauses.next().value)), end.signal).catch(() => {});
  }
}

async function send(request: HttpRequest, { client, clock }: World): Promise<Exchange> {
  const start = clock.now();
  try {
    const outcome = await client.request(request);
    return { outcome, milliseconds: Math.round(outcome.timings.total), tries: 1 };
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    return { outcome: error, milliseconds: clock.now() - start, tries: 1 };
  }
}

function judged(
  test: SmokeTest,
  { outcome, milliseconds, tries }: Exchange,
  captures: Map<string, Captured>,
  env: Values['env'],
  secretNames: Set<string>,
  { secrets }: World,
): Judgement {
  // What was expected may name what earlier tests captured, before this test's own captures replace it.
  const values: Values = { captures: new Map(captures), env };
  // A value of an earlier test must not stand in for one that this test failed to get.
  for (const { name } of test.captures) captures.delete(name);
  if (outcome instanceof HttpFailure) {
    const failure = secrets.veil(outcome.message, SHOWN);
    return { outcome: 'failed', failure: outcome.kind, problems: [failure], milliseconds, tries };
  }
  const body = bodyOf(outcome);
  const taken = capturesOf(test, body);
  // Before anything of this answer is shown.
  for (const capture of taken) {
    if ('problem' in capture) continue;
    const text = String(capture.value);
    if (capture.secret || looksSecret(capture.name, text)) {
      secretNames.add(capture.name);
      secrets.add(text);
    }
    captures.set(capture.name, capture.value);
  }
  const problems = problemsOf(test, outcome, body, values, secrets);
  if (!isOtherAnswer(test, outcome))
    for (const capture of taken) if ('problem' in capture) problems.push(secrets.veil(capture.problem, SHOWN));
  return {
    outcome: problems.length === 0 ? 'passed' : 'failed',
    statusCode: outcome.status,
    problems,
    milliseconds,
    tries,
    timings: rounded(outcome.timings),
    ...(problems.length > 0 && outcome.body.length > 0 ? { bodyBegins: excerptOf(outcome, body, secrets) } : {}),
    ...(outcome.redirects.length === 0 ? {} : { redirects: outcome.redirects.length }),
    ...(outcome.certificateEnds === undefined ? {} : { certificateEnds: outcome.certificateEnds }),
  };
}

/** To tenths of a millisecond: more digits than that are noise. */
function rounded(timings: HttpTimings): HttpTimings {
  const { dns, tcp, tls, wait, download, total } = timings;
  const tenths = (milliseconds: number) => Math.round(milliseconds * 10) / 10;
  return {
    dns: tenths(dns),
    tcp: tenths(tcp),
    tls: tenths(tls),
    wait: tenths(wait),
    download: tenths(download),
    total: tenths(total),
  };
}

/** The captures that a test cannot do without. */
function namesIn({ path, headers, body, json, contains }: SmokeTest): string[] {
  return [...stringsIn([path, headers, body, json.map(({ check }) => check), contains])].flatMap(({ text }) =>
    placeholders(text).flatMap((placeholder) => ('capture' in placeholder ? [placeholder.capture] : [])),
  );
}

function described({ name, method, path, place }: SmokeTest): Pick<TestResult, 'name' | 'method' | 'path' | 'place'> {
  return { ...(name === undefined ? {} : { name }), method, path, place };
}
