import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { masks } from '../../src/workflow/masks.ts';
import { action, run } from './harness.ts';

/** Without the mask's own character, which could make a secret of what is around it. */
const secret = fc.string({ minLength: 3, maxLength: 20, unit: fc.constantFrom(...'abcXYZ019 -_/+="\'&<{') });

describe('masks', () => {
  it('no secret is ever readable in a masked text, nor in base64, JSON, a URL or XML', () => {
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.string(),
        fc.string(),
        (secrets, before, after) => {
          const hidden = masks();
          for (const each of secrets) hidden.add(each);
          for (const value of secrets.filter((each) => each.trim() !== '')) {
            const forms = [
              value,
              Buffer.from(value).toString('base64'),
              JSON.stringify(value).slice(1, -1),
              encodeURIComponent(value),
              value
                .replaceAll('&', '&amp;')
                .replaceAll('<', '&lt;')
                .replaceAll('"', '&quot;')
                .replaceAll("'", '&apos;'),
            ];
            for (const form of forms) expect(hidden.mask(before + form + after)).not.toContain(form);
            const login = Buffer.from(`user:${value}`).toString('base64');
            expect(Buffer.from(hidden.mask(login), 'base64').toString()).not.toContain(value);
          }
        },
      ),
    );
  });

  it('what has no secret in it stays as it is', () => {
    const hidden = masks();
    hidden.add('s3cr3t');
    hidden.add('  ');
    expect(hidden.mask('nothing to see')).toBe('nothing to see');
    expect(hidden.mask('')).toBe('');
  });

  it('secrets that touch or overlap become one mask', () => {
    const hidden = masks();
    for (const each of ['abcd', 'cdef', 'gh']) hidden.add(each);
    expect(hidden.mask('x abcdefgh y abcd')).toBe('x *** y ***');
  });

  it('hide every line of a secret of several lines, wherever it appears', () => {
    const hidden = masks();
    hidden.add('-----BEGIN-----\n  MIIabc\r\nxyz==\n');
    expect(hidden.mask('a MIIabc b')).toBe('a *** b');
    expect(hidden.mask('a xyz== b')).toBe('a *** b');
  });
});

describe('a run', () => {
  it('prints no secret: not of the repository, the environment, the token, nor one that a step has masked', async () => {
    const values = [
      'repository-secret',
      'first line\nsecond line',
      'environment-secret',
      'ghs_token123',
      'masked-later',
    ];
    const ran = await run(
      `
  j:
    runs-on: ubuntu-24.04
    environment: production
    outputs:
      good: \${{ steps.a.outputs.good }}
      bad: \${{ steps.a.outputs.bad }}
    steps:
      - name: Named \${{ secrets.REPOSITORY }}
        env:
          ALL: \${{ toJSON(secrets) }}
        run: |
          echo "::add-mask::masked-later"
          echo "$ALL"
          echo "\${{ secrets.LINES }}"
          echo "\${{ secrets.GITHUB_TOKEN }} \${{ github.token }} masked-later"
          echo "\${{ secrets.ENVIRONMENT }}" >&2
          echo "::warning file=repository-secret,title=masked-later::first line"
          echo "repository-secret" >> "$GITHUB_STEP_SUMMARY"
          echo "::unknown::masked-later"
      - id: a
        uses: org/leak@v1
        with: { value: '\${{ secrets.REPOSITORY }}' }
`,
      {
        secrets: { REPOSITORY: 'repository-secret', LINES: 'first line\nsecond line' },
        environments: { production: { vars: {}, secrets: { ENVIRONMENT: 'environment-secret' } } },
        github: { apiUrl: 'http://api', serverUrl: 'http://server', token: 'ghs_token123' },
        actions: {
          'org/leak@v1': action(
            `import { appendFileSync } from 'node:fs';
             appendFileSync(process.env.GITHUB_OUTPUT, 'good=fine\\nbad=' + process.env.INPUT_VALUE + '\\n');
             throw new Error('cannot use ' + process.env.INPUT_VALUE);`,
            { inputs: '{value: {required: true}}' },
          ),
        },
      },
    );
    const everything = JSON.stringify([ran.jobs, ran.events]);
    for (const line of values.flatMap((value) => value.split('\n'))) expect(everything).not.toContain(line);
    expect(ran.job('j').outputs).toEqual({ good: 'fine' });
    expect(ran.job('j').annotations).toEqual([
      { level: 'warning', message: "Skip output 'bad' since it may contain secret." },
    ]);
    expect(ran.step('a').log.join('\n')).toContain('Error: cannot use ***');
    expect(ran.job('j').steps[0]?.name).toBe('Named ***');
  });
});
