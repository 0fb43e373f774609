import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../src/report-file/entry.ts';
import { junit } from '../src/report-file/junit.ts';
import { sarif } from '../src/report-file/sarif.ts';

const entry = fc.record({
  id: fc.string({ unit: 'binary' }),
  store: fc.constantFrom('aws', 'env', 'k8s'),
  verdict: fc.constantFrom<Entry['verdict'][]>('EXISTS', 'MISSING', 'UNREACHABLE', 'STALE'),
  severity: fc.constantFrom<Entry['severity'][]>('passed', 'warning', 'failed'),
  fails: fc.boolean(),
  text: fc.string({ unit: 'binary' }),
});

describe('report files of any texts', () => {
  it('JUnit has no character that XML refuses, and every tag is our own', () => {
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const text = junit(entries);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
        expect(text).not.toMatch(/[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/);
        const bare = text.replace(
          /<(?:\?xml|\/?testsuites?|\/?testcase|\/?failure|\/?error|\/?system-out)(?: [^<>]*)?>/g,
          '',
        );
        expect(bare).not.toMatch(/[<>]/);
        expect(bare.replace(/&(?:amp|lt|gt|quot);/g, '')).not.toContain('&');
        expect(text.match(/<testcase /g) ?? []).toHaveLength(entries.length);
      }),
    );
  });

  it('SARIF has one result with a message and a place for each that is not fine', () => {
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const { results } = JSON.parse(sarif(entries, '.github/workflows/x.yml')).runs[0];
        expect(results).toHaveLength(entries.filter(({ severity }) => severity !== 'passed').length);
        for (const { message, locations } of results) {
          expect(message.text).not.toBe('');
          expect(locations).toHaveLength(1);
        }
      }),
    );
  });
});
