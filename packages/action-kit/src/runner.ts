import {
  type AnnotationProperties,
  error,
  info,
  notice,
  setOutput,
  setSecret,
  summary,
  warning,
  debug as writeDebug,
} from '@actions/core';
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
    output: setOutput,
    async summary(markdown) {
      // Runners older than the summary feature, and runs outside of a runner, have no such file.
      if (process.env.GITHUB_STEP_SUMMARY === undefined) return;
      await summary.addRaw(markdown, true).write();
    },
    fail() {
      process.exitCode = 1;
    },
  };
}
