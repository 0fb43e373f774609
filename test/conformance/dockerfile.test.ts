import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expand } from '../../packages/oci/src/dockerfile/expansion.ts';
import { type Instruction, parseInstructions } from '../../packages/oci/src/dockerfile/instructions.ts';

const FILE = new URL('../../../shared/conformance/cache-key/dockerfile-vectors.json', import.meta.url);

interface Vectors {
  readonly _about: { readonly shell_words_env: Readonly<Record<string, string>> };
  readonly shell_words: readonly { platform: string; input: string; expected?: string; error?: boolean }[];
  readonly shell_split: readonly unknown[];
  readonly shell_matches: readonly {
    input: string;
    env: Readonly<Record<string, string>>;
    expected?: string;
    error?: boolean;
    unmatched: readonly string[];
  }[];
  readonly parser_fixtures: readonly { name: string; dockerfile: string; ast: string }[];
  readonly parser_negative: readonly { name: string; dockerfile: string }[];
}

/** What an instruction says is only read where it can name an image. */
const READ = new Set(['from', 'run', 'add', 'copy', 'maintainer', 'user', 'workdir', 'stopsignal', 'expose']);

/** `(run "apt-get update")` as the vectors write it: the instruction and its words. */
function expressions(ast: string): { name: string; words: string[] }[] {
  return ast
    .trim()
    .split('\n')
    .map((line) => ({
      name: /^\((\w+)/.exec(line)?.[1] ?? '',
      words: [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(
        ([quoted]) => JSON.parse(quoted.replaceAll('\\x', '\\u00')) as string,
      ),
    }));
}

/** Our instruction in the same shape; a JSON array's words are its entries. */
function words({ name, rest }: Instruction): string[] {
  if (rest === '') return [];
  if (rest.startsWith('[')) return JSON.parse(rest) as string[];
  return ['from', 'add', 'copy', 'expose'].includes(name) ? rest.split(/[\t\v\f\r ]+/) : [rest];
}

describe.skipIf(!existsSync(FILE))('Dockerfiles as BuildKit reads them', () => {
  const vectors = (existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {}) as Vectors;
  const env = new Map(Object.entries(vectors._about?.shell_words_env ?? {}));

  for (const [index, { platform, input, expected, error }] of (vectors.shell_words ?? []).entries()) {
    const title = `shell_words ${index}: ${input}`;
    if (platform === 'W')
      it.skip(`${title} (left out: variables of a Windows builder ignore case; images are read as on Linux)`, () => {});
    else
      it(title, () => {
        if (error) expect(() => expand(input, env)).toThrow();
        else expect(expand(input, env).text).toBe(expected);
      });
  }

  it.skip(`shell_split: ${vectors.shell_split?.length} cases are left out (words are split for ENV, EXPOSE and their like, never for an image)`, () => {});

  for (const [index, { input, env: own, expected, error, unmatched }] of (vectors.shell_matches ?? []).entries()) {
    it(`shell_matches ${index}: ${input}`, () => {
      const variables = new Map(Object.entries(own));
      if (error) return expect(() => expand(input, variables)).toThrow();
      const expansion = expand(input, variables);
      expect(expansion.text).toBe(expected);
      expect([...expansion.unset].sort()).toEqual([...unmatched].sort());
    });
  }

  for (const { name, dockerfile, ast } of vectors.parser_fixtures ?? []) {
    it(`parser_fixtures ${name}`, () => {
      const { instructions } = parseInstructions(dockerfile);
      const expected = expressions(ast);
      expect(instructions.map((instruction) => instruction.name)).toEqual(expected.map((each) => each.name));
      for (const [index, instruction] of instructions.entries())
        if (READ.has(instruction.name)) expect(words(instruction)).toEqual(expected[index]?.words);
    });
  }

  for (const { name } of vectors.parser_negative ?? [])
    it.skip(`parser_negative ${name} (left out: a bad CMD is the builder's to refuse, it names no image)`, () => {});
});

describe.runIf(!existsSync(FILE))('Dockerfiles as BuildKit reads them', () => {
  it.skip('SKIPPED: ../shared/conformance/cache-key/dockerfile-vectors.json is not there', () => {});
});
