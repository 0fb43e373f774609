import { createHash } from 'node:crypto';
import type { SecretVerdict } from '../check.ts';
import type { Entry } from './entry.ts';

/** What each verdict means: the rules of the log. */
const RULES: Readonly<Record<Exclude<SecretVerdict, 'EXISTS'>, string>> = {
  MISSING: 'The secret is not there.',
  DELETING: 'The secret is scheduled for deletion, or is being deleted.',
  'NO-VALUE': 'The secret is there, but has no current value.',
  DENIED: 'The secret is there, but access to it is denied.',
  'DENIED-OR-MISSING': 'Access is denied, which is also the answer for a secret that is not there.',
  STALE: 'The value is older than its policy allows.',
  OVERDUE: 'Its rotation is overdue, stuck, or required and off.',
  'KEY-MISSING': 'The value has not all the keys that are asked for.',
  EMPTY: 'The value, or that of a key, is empty.',
  PLACEHOLDER: 'The value is what a template has in place of one.',
  'NOT-SYNCED': 'A replica, or the Secret of an ExternalSecret, is not up to date.',
  MISMATCH: 'Its tags or its KMS key are not those that its policy asks for.',
  UNREACHABLE: 'The secret could not be checked.',
};

/**
 * SARIF 2.1.0 (OASIS), one result for each secret that is not fine. `fallback` is the file that stands for secrets that no
 * manifest lists: code scanning refuses a whole log when one result has no physical location (github/codeql-action#2459).
 */
export function sarif(entries: readonly Entry[], fallback: string): string {
  const ids = Object.keys(RULES);
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'validate-secrets',
            rules: Object.entries(RULES).map(([id, text]) => ({ id, shortDescription: { text } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: entries
          .filter(({ severity }) => severity !== 'passed')
          .map((entry) => ({
            ruleId: entry.verdict,
            ruleIndex: ids.indexOf(entry.verdict),
            level: entry.severity === 'failed' ? 'error' : 'warning',
            message: { text: entry.text || `${entry.id} is ${entry.verdict}.` },
            locations: [{ physicalLocation: physicalLocation(entry, fallback) }],
            // Without it code scanning takes all results of a rule on one line for one alert.
            partialFingerprints: { primaryLocationLineHash: `${hash(entry.id)}:1` },
          })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function physicalLocation({ file, line = 1, column }: Entry, fallback: string) {
  return {
    artifactLocation: { uri: uriOf(file ?? fallback), uriBaseId: '%SRCROOT%' },
    region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) },
  };
}

/** Relative, with slashes. */
function uriOf(path: string): string {
  const parts = path.replaceAll('\\', '/').replace(/^\.\//, '').split('/');
  return parts.map(encodeURIComponent).join('/');
}

/** Of a name, never of a value. */
function hash(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 16);
}
