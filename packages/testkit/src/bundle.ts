import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Annotation, decode, parseAnnotations } from './annotations.ts';
import { type Circumstances, stepEnv } from './env.ts';

export interface BundleResult {
  readonly exitCode: number | null;
  /** Standard output and standard error as they came, commands included. */
  readonly log: string;
  /** Log lines without workflow commands. */
  readonly lines: readonly string[];
  readonly annotations: readonly Annotation[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly masked: readonly string[];
}

interface BundleOptions extends Circumstances {
  /** Sends that signal once the log has this text: a cancelled job. */
  readonly cancel?: { readonly when: string; readonly signal: NodeJS.Signals };
  /** Chunks with that in them are taken away first: a run that loads one fails. */
  readonly without?: RegExp;
}

/** Milliseconds; less than a test has, so that the log of a bundle that hangs is still seen. */
const LONGEST_RUN = 50_000;

/**
 * Runs the shipped bundle as the runner does: a child process under this Node, away from any node_modules, with real
 * OUTPUT and SUMMARY files. Nothing of this process's environment reaches it but PATH.
 */
export async function runBundle(action: string, options: BundleOptions = {}): Promise<BundleResult> {
  const dist = fileURLToPath(new URL(`../../../actions/${action}/dist`, import.meta.url));
  if (!existsSync(join(dist, 'index.js')))
    throw new Error(`actions/${action}/dist is not built: run "pnpm build ${action}"`);
  const place = mkdtempSync(join(tmpdir(), 'bundle-'));
  cpSync(dist, place, { recursive: true });
  const { without } = options;
  if (without !== undefined)
    for (const name of readdirSync(place).filter((each) => /^\d+\.index\.js$/.test(each)))
      if (without.test(readFileSync(join(place, name), 'utf8'))) rmSync(join(place, name));
  const env: Record<string, string> = { PATH: process.env.PATH ?? '', HOME: place, ...stepEnv(action, options) };

  const child = spawn(process.execPath, [join(place, 'index.js')], {
    env,
    cwd: env.GITHUB_WORKSPACE,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  let cancelled = false;
  const collect = (text: string) => {
    log += text;
    if (options.cancel && !cancelled && log.includes(options.cancel.when)) {
      cancelled = true;
      child.kill(options.cancel.signal);
    }
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  // A bundle that hangs would outlive its test.
  const patience = setTimeout(() => child.kill('SIGKILL'), LONGEST_RUN);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(patience);
  return {
    exitCode,
    log,
    lines: log.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('::')),
    annotations: parseAnnotations(log),
    outputs: readFileCommands(readFileSync(env.GITHUB_OUTPUT ?? '', 'utf8')),
    summary: readFileSync(env.GITHUB_STEP_SUMMARY ?? '', 'utf8'),
    masked: [...log.matchAll(/^::add-mask::(.*)$/gm)].map(([, value = '']) => decode(value)),
  };
}

/** `name<<delimiter\nvalue\ndelimiter` and `name=value`, the formats of GITHUB_OUTPUT. */
function readFileCommands(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const [, name, delimiter] = /^([^=]+?)<<(.+)$/.exec(lines[index] ?? '') ?? [];
    if (name !== undefined && delimiter !== undefined) {
      const end = lines.indexOf(delimiter, index + 1);
      values[name] = lines.slice(index + 1, end).join('\n');
      index = end;
      continue;
    }
    const [, plain, value = ''] = /^([^=]+)=(.*)$/.exec(lines[index] ?? '') ?? [];
    if (plain !== undefined) values[plain] = value;
  }
  return values;
}
