import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
const NEEDS = `
permissions:
  "actions: read": the runs before this one
optional-permissions:
  "contents: read": a checkout
network: {}
environment:
  "AWS_*, ImageOS": the cloud | and the machine
  "what \`names\` names": all of it
`;
const README = `# greet

<!-- inputs:start -->
old
<!-- inputs:end -->
between
<!-- outputs:start -->
<!-- outputs:end -->
<!-- permissions:start -->
<!-- permissions:end -->
<!-- network:start -->
<!-- network:end -->
<!-- environment:start -->
<!-- environment:end -->
<!-- pin:start -->
<!-- pin:end -->
after
`;

function project(readmes: Readonly<Record<string, string | undefined>>): string {
  const root = mkdtempSync(join(tmpdir(), 'docs-'));
  writeFileSync(join(root, 'package.json'), JSON.stringify({ version: '2.3.4', repository: 'house/bundle' }));
  for (const [name, readme] of Object.entries(readmes)) {
    mkdirSync(join(root, 'actions', name), { recursive: true });
    writeFileSync(join(root, 'actions', name, 'action.yml'), ACTION);
    writeFileSync(join(root, 'actions', name, 'needs.yml'), NEEDS);
    if (readme !== undefined) writeFileSync(join(root, 'actions', name, 'README.md'), readme);
  }
  return root;
}

describe('the tables of the READMEs', () => {
  it('are written from action.yml and needs.yml between their markers, and nothing else changes', async () => {
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
<!-- permissions:start -->

| Permission | Needed | For |
| --- | --- | --- |
| \`actions: read\` | always | The runs before this one |
| \`contents: read\` | sometimes | A checkout |

<!-- permissions:end -->
<!-- network:start -->

None.

<!-- network:end -->
<!-- environment:start -->

| Variable | For |
| --- | --- |
| \`AWS_*\`, \`ImageOS\` | The cloud \\| and the machine |
| What \`names\` names | All of it |
| \`GITHUB_OUTPUT\`, \`GITHUB_STEP_SUMMARY\`, \`GITHUB_WORKSPACE\`, \`RUNNER_DEBUG\`, \`INPUT_*\` | The runner's files for outputs and summary, the checkout, debug output, and the inputs |

<!-- environment:end -->
<!-- pin:start -->

\`\`\`yaml
- uses: house/bundle/greet@v2 # the newest release of major version 2
- uses: house/bundle/greet@<commit of v2.3.4> # v2.3.4
\`\`\`

\`git ls-remote https://github.com/house/bundle 'refs/tags/v2.3.4^{}'\` prints that commit.

<!-- pin:end -->
after
`);
    await checkDocs(root);
  });

  it('are refused when they are not those of action.yml and needs.yml, with the command to run', async () => {
    await expect(checkDocs(project({ a: README, b: README }))).rejects.toThrow(
      [
        'actions/a/README.md: its tables are not those of action.yml and needs.yml; run "npx -y pnpm@12 docs:write"',
        'actions/b/README.md: its tables are not those of action.yml and needs.yml; run "npx -y pnpm@12 docs:write"',
      ].join('\n'),
    );
  });

  it('are written where they can be, and what has no place for them is named', async () => {
    const root = project({ a: '# a\n', b: README, c: undefined });
    await expect(writeDocs(root)).rejects.toThrow(
      'actions/a/README.md: expected one <!-- pin:start --> and one <!-- pin:end --> after it\nactions/c/README.md: ENOENT',
    );
    expect(readFileSync(join(root, 'actions/b/README.md'), 'utf8')).toContain('| `images` |');
  });
});

describe('needs.yml', () => {
  const refused = async (needs: string | undefined): Promise<string> => {
    const root = project({ greet: README });
    const file = join(root, 'actions/greet/needs.yml');
    if (needs === undefined) rmSync(file);
    else writeFileSync(file, needs);
    return checkDocs(root).then(
      () => 'taken',
      ({ message }: Error) => message,
    );
  };

  it('has to be there', async () => {
    expect(await refused(undefined)).toContain(
      'actions/greet/README.md: there is no actions/greet/needs.yml, which says what the action needs',
    );
  });

  it('says of every section that it is empty, and of everything what it is for, all problems at once', async () => {
    const message = await refused(`
permissions:
  "contents:read": a checkout
  "id-token: write":
network: []
enviroment: {}
`);
    for (const problem of [
      'it has no "enviroment"; expected permissions, optional-permissions, network, environment',
      '"network" is missing; where there is none, write "network: {}"',
      '"environment" is missing; where there is none, write "environment: {}"',
      '"contents:read" of permissions is not a permission such as "contents: read"',
      '"id-token: write" of permissions does not say what for',
    ])
      expect(message).toContain(`actions/greet/needs.yml: ${problem}`);
  });
});

describe('the page of false verdicts', () => {
  // Its tests are no tests of ours: what they are called must not stand at the beginning of a line here.
  const [it_, describe_] = ['it', 'describe'];
  const TEST = `
${describe_}('validate-secrets', () => {
  ${it_}('S01 a secret that is being deleted is DELETING', () => {});
  ${describe_}('S07 a burst', () => {
    ${it_}.each([1])('S06 S07 is answered by $name', () => {});
  });
});
${it_}('has no row', () => {});
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
