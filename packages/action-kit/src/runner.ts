import { appendFileSync } from 'node:fs';
import { EOL } from 'node:os';
import {
  type AnnotationProperties,
  error,
  info,
  notice,
  setOutput,
  setSecret,
  warning,
  debug as writeDebug,
} from '@actions/core';
import { appendValue } from './file-command.ts';
import type { Finding, FindingLevel } from './report/finding.ts';

/** The seam: everything that an action can tell or ask the machine it runs on. Tests pass a recording one. */
export interface Runner {
  readonly env: Readonly<Record<string, string | undefined>>;
  write(line: string): void;
  /** Shown with RUNNER_DEBUG=1 only. */
  debug(line: string): void;
  annotate(finding: Finding, text: string): void;
  mask(value: string): void;
  output(name: string, value: string): void;
  summary(markdown: string): Promise<void>;
  fail(): void;
}

const ANNOTATE: Record<FindingLevel, (message: string, properties: AnnotationProperties) => void> = {
  error,
  warning,
  notice,
};

/** The GitHub Actions runner, through @actions/core. */
export function githubRunner(): Runner {
  return {
    env: process.env,
    write: info,
    debug: writeDebug,
    annotate({ level, title, file, line, column }, text) {
      ANNOTATE[level](text, {
        ...(title === undefined ? {} : { title }),
        ...(file === undefined ? {} : { file }),
        ...(line === undefined ? {} : { startLine: line }),
        ...(column === undefined ? {} : { startColumn: column }),
      });
    },
    mask: setSecret,
    output(name, value) {
      // Without that file there is the old command, which only @actions/core still has to know.
      if (process.env.GITHUB_OUTPUT) appendValue(process.env.GITHUB_OUTPUT, name, value);
      else setOutput(name, value);
    },
    async summary(markdown) {
      // Runners older than the summary feature, and runs outside of a runner, have no such file.
      if (!process.env.GITHUB_STEP_SUMMARY) return;
      // The one of @actions/core loads node:fs/promises at the start of every action.
      appendFileSync(process.env.GITHUB_STEP_SUMMARY, `${markdown}${EOL}`);
    },
    fail() {
      process.exitCode = 1;
    },
  };
}
