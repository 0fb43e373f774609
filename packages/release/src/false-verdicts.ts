import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const FALSE_VERDICTS = 'docs/false-verdicts.md';

const ROOMS: Readonly<Record<string, string>> = {
  S: 'validate-secrets',
  T: 'image-tag',
  C: 'cache-key',
  R: 'wait-rollout',
  M: 'smoke-test',
  P: 'push-telemetry',
  W: 'workflows',
};
const rooms = new Set(Object.values(ROOMS));
const ROW = /[STCRMPW]\d{2},? ?/g;
const TESTS = ['actions/*/test/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'test/**/*.test.ts', 'test/**/*.real.ts'];

const PREFACE = `# False verdicts

How delivery pipelines lie, and what is said instead. Each row is a situation that users of other tools have reported, or
that running such a tool has shown; each line below it is a test that makes the situation and checks the verdict. This
page is made from the names of the tests (\`npx -y pnpm@12 docs:write\`): what is not listed is not proven.
`;

interface Proof {
  readonly row: string;
  readonly says: string;
  readonly file: string;
}

/** The page, from the tests whose names begin with the id of a row, such as \`S01 a secret ...\`. */
export function falseVerdictsPage(root: string): string {
  const proofs = globSync(TESTS, { cwd: root, exclude: (name) => name === 'node_modules' })
    .map((file) => file.replaceAll('\\', '/'))
    .sort()
    .flatMap((file) => proofsIn(readFileSync(join(root, file), 'utf8'), file));
  const sections = Object.entries(ROOMS).map(([letter, room]) => {
    const own = proofs.filter(({ row }) => row.startsWith(letter));
    const rows = [...new Set(own.map(({ row }) => row))].sort();
    const lines = rows.flatMap((row) => own.filter((proof) => proof.row === row).map(line));
    return rows.length === 0
      ? ''
      : `\n## ${room}\n\n| row | proven by | test |\n| --- | --- | --- |\n${lines.join('')}`;
  });
  return `${PREFACE}${sections.join('')}`;
}

function line({ row, says, file }: Proof): string {
  return `| ${row} | ${says.replaceAll('|', '\\|')} | [${file}](../${file}) |\n`;
}

/** A test's name goes on from those of the `describe` around it; the formatter keeps the indentation true. */
function proofsIn(source: string, file: string): Proof[] {
  const around: { indentation: number; name: string }[] = [];
  return source.split('\n').flatMap((text) => {
    const [, blanks = '', kind = '', , name = ''] =
      /^(\s*)(describe|it|test)(?:\.\w+(?:\([^)]*\))?)*\((['"`])((?:\\.|(?!\3).)*)\3/.exec(text) ?? [];
    if (kind === '') return [];
    while ((around.at(-1)?.indentation ?? -1) >= blanks.length) around.pop();
    if (kind === 'describe') {
      around.push({ indentation: blanks.length, name: name.replaceAll(ROW, '') });
      return [];
    }
    const [, ids = '', rest = ''] =
      /^((?:[STCRMPW]\d{2},? )+)(.*)$/.exec(name.replace(/^[\w-]+: (?=[STCRMPW]\d{2} )/, '')) ?? [];
    const says = [...around.map((each) => each.name), rest]
      .filter((part) => !rooms.has(part))
      .join(' ')
      .replaceAll(/\\(['"`])/g, '$1');
    return [...ids.matchAll(/[STCRMPW]\d{2}/g)].map(([row]) => ({ row, says, file }));
  });
}
