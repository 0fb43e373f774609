import type { Entry } from './entry.ts';

/** JUnit's XML as test reporters read it: one suite, one test case for each secret. */
export function junit(entries: readonly Entry[]): string {
  const errors = entries.filter(({ verdict }) => verdict === 'UNREACHABLE').length;
  const failures = entries.filter(({ fails }) => fails).length - errors;
  const counts = `tests="${entries.length}" failures="${failures}" errors="${errors}" skipped="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="validate-secrets" tests="${entries.length}" failures="${failures}" errors="${errors}">`,
    `  <testsuite name="secrets" ${counts}>`,
    ...entries.flatMap(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(entry: Entry): readonly string[] {
  const { id, store, file, line, text } = entry;
  const where = file === undefined ? '' : ` file="${escaped(file)}"${line === undefined ? '' : ` line="${line}"`}`;
  const open = `    <testcase classname="${escaped(store)}" name="${escaped(id)}"${where}`;
  if (text === '' && !entry.fails) return [`${open}/>`];
  return [`${open}>`, `      ${verdictOf(entry)}`, '    </testcase>'];
}

/** The format has no warnings: what does not fail the step is a passed case that has something to say. */
function verdictOf({ verdict, text, fails }: Entry): string {
  if (!fails) return `<system-out>${escaped(`${verdict}: ${text}`)}</system-out>`;
  const name = verdict === 'UNREACHABLE' ? 'error' : 'failure';
  const [first = verdict] = text.split('\n', 1);
  return `<${name} type="${verdict}" message="${escaped(first || verdict)}">${escaped(text)}</${name}>`;
}

/** What XML 1.0 has no place for is dropped, even as a reference. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\x20-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
