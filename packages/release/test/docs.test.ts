import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkDocs, writeDocs } from '@delivery-actions/release';
import { describe, expect, it } from 'vitest';

const ACTION = `
inputs:
  images:
    description: Names, one a line
    required: true
  tags:
    description: |-
      Rules | one a line

      more of it
    required: false
    default: |
      type=sha
      type=raw
  empty:
    description: Has no default
    required: false
outputs:
  json:
    description: All of it
`;
const README = `# greet

<!-- inputs:start -->
old
<!-- inputs:end -->
between
<!-- outputs:start -->
<!-- outputs:end -->
after
`;

function project(readmes: Readonly<Record<string, string | undefined>>): string {
  const root = mkdtempSync(join(tmpdir(), 'docs-'));
  for (const [name, readme] of Object.entries(readmes)) {
    mkdirSync(join(root, 'actions', name), { recursive: true });
    writeFileSync(join(root, 'actions', name, 'action.yml'), ACTION);
    if (readme !== undefined) writeFileSync(join(root, 'actions', name, 'README.md'), readme);
  }
  return root;
}

describe('the tables of the READMEs', () => {
  it('are written from action.yml between their markers, and nothing else changes', async () => {
    const root = project({ greet: README });
    await writeDocs(root);
    expect(readFileSync(join(root, 'actions/greet/README.md'), 'utf8')).toBe(`# greet

<!-- inputs:start -->

| Input | Default | Description |
| --- | --- | --- |
| \`images\` | **required** | Names, one a line |
| \`tags\` | \`type=sha\`<br>\`type=raw\` | Rules \\| one a line<br>more of it |
| \`empty\` |  | Has no default |

<!-- inputs:end -->
between
<!-- outputs:start -->

| Output | Description |
| --- | --- |
| \`json\` | All of it |

<!-- outputs:end -->
after
`);
    await checkDocs(root);
  });

  it('are refused when they are not those of action.yml, with the command to run', async () => {
    await expect(checkDocs(project({ a: README, b: README }))).rejects.toThrow(
      [
        'actions/a/README.md: its tables are not those of action.yml; run "npx -y pnpm@12 docs:write"',
        'actions/b/README.md: its tables are not those of action.yml; run "npx -y pnpm@12 docs:write"',
      ].join('\n'),
    );
  });

  it('are written where they can be, and what has no place for them is named', async () => {
    const root = project({ a: '# a\n', b: README, c: undefined });
    await expect(writeDocs(root)).rejects.toThrow(
      'actions/a/README.md: expected one <!-- inputs:start --> and one <!-- inputs:end --> after it\nactions/c/README.md: ENOENT',
    );
    expect(readFileSync(join(root, 'actions/b/README.md'), 'utf8')).toContain('| `images` |');
  });
});

describe('the page of false verdicts', () => {
  const TEST = `
describe('validate-secrets', () => {
  it('S01 a secret that is being deleted is DELETING', () => {});
  describe('S07 a burst', () => {
    it.each([1])('S06 S07 is answered by $name', () => {});
  });
});
it('has no row', () => {});
`;

  it('has a line for each row that a test proves, and refuses to be out of date', async () => {
    const root = project({ greet: README });
    mkdirSync(join(root, 'actions/greet/test'));
    writeFileSync(join(root, 'actions/greet/test/main.test.ts'), TEST);
    await expect(checkDocs(root)).rejects.toThrow('docs/false-verdicts.md: it is not what the tests say');
    await writeDocs(root);
    const file = '[actions/greet/test/main.test.ts](../actions/greet/test/main.test.ts)';
    expect(readFileSync(join(root, 'docs/false-verdicts.md'), 'utf8')).toContain(`
## validate-secrets

| row | proven by | test |
| --- | --- | --- |
| S01 | a secret that is being deleted is DELETING | ${file} |
| S06 | a burst is answered by $name | ${file} |
| S07 | a burst is answered by $name | ${file} |
`);
    await checkDocs(root);
  });
});
