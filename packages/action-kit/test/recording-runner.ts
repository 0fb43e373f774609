import type { Finding, Runner } from '@delivery-actions/action-kit';

/** What reached the machine, in the order in which it came. */
export interface RecordingRunner extends Runner {
  readonly lines: string[];
  readonly annotations: { finding: Finding; text: string }[];
  readonly masked: string[];
  readonly outputs: Record<string, string>;
  readonly summaries: string[];
  readonly failed: boolean;
}

export function recordingRunner(env: Readonly<Record<string, string>> = {}): RecordingRunner {
  const record = {
    lines: [] as string[],
    annotations: [] as { finding: Finding; text: string }[],
    masked: [] as string[],
    outputs: {} as Record<string, string>,
    summaries: [] as string[],
    failed: false,
  };
  return Object.assign(record, {
    env,
    write: (line: string) => void record.lines.push(line),
    debug: (line: string) => void record.lines.push(line),
    annotate: (finding: Finding, text: string) => void record.annotations.push({ finding, text }),
    mask: (value: string) => void record.masked.push(value),
    output(name: string, value: string) {
      record.outputs[name] = value;
    },
    async summary(markdown: string) {
      record.summaries.push(markdown);
    },
    fail() {
      record.failed = true;
    },
  });
}
