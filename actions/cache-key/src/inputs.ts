import { type InputReader, UserError } from '@delivery-actions/action-kit';
import { parseFilePattern, parseLockfilePattern } from './file-pattern.ts';
import { KEY_MAX, SEPARATOR } from './key-format.ts';

export interface ToolVersion {
  readonly name: string;
  readonly version: string;
}

export type Inputs = ReturnType<typeof parseInputs>;

export function parseInputs(read: InputReader) {
  return read.complete(
    {
      lockfiles: read.lines('lockfiles', parseLockfilePattern, { example: 'well-known' }),
      dockerfiles: read.optionalLines('dockerfiles', parseFilePattern),
      toolchain: read.optionalLines('toolchain', parseToolVersion),
      prefix: read.parsed('prefix', parsePrefix, { example: 'deps' }),
      environment: [...new Set(read.optionalLines('environment', parseVariableName))],
    },
    ({ lockfiles, dockerfiles, toolchain }) => {
      for (const [input, patterns] of Object.entries({ lockfiles, dockerfiles })) {
        if (patterns.length > 0 && patterns.every(({ kind }) => kind === 'except'))
          read.problem(input, `Input "${input}" only says what to leave out.`, `add what to take:\n${input}: "**/*"`);
      }
      const twice = toolchain.filter(({ name }, index) => toolchain.findIndex((other) => other.name === name) < index);
      for (const { name } of twice)
        read.problem('toolchain', `Input "toolchain" has more than one version of ${name}.`, 'keep one line for it');
    },
  );
}

function parseToolVersion(line: string): ToolVersion {
  const [, name = '', version = ''] = /^([^=]*?)\s*=\s*(.*)$/.exec(line) ?? [];
  if (name === '') throw new UserError(`"${line}" is not name=version`, { hint: `such as node=24.9.0` });
  // An empty part would let every version share one key.
  if (version === '')
    throw new UserError(`${name} has no version`, {
      hint: `if it is an expression, it came out empty: does the step that sets it have that id, and ran it?`,
    });
  return { name, version };
}

/** Told apart from the rest of the key by a pair of dashes, so it has none itself. */
function parsePrefix(text: string): string {
  const longest = KEY_MAX / 2;
  if (text.length > longest)
    throw new UserError(`${text.length} characters are too long: a prefix has at most ${longest}`);
  if (!/^[\w./+-]+$/.test(text))
    throw new UserError(`"${text}" has characters that a prefix may not have`, {
      hint: `use letters, digits, ".", "_", "/", "+" and dashes: ${text.replace(/[^\w./+-]+/g, '-')}`,
    });
  if (text.includes(SEPARATOR) || /^-|-$/.test(text))
    throw new UserError(`"${text}" has dashes where the key puts its own`, {
      hint: `use single dashes, inside of it only: ${text.replace(/-+/g, '-').replace(/^-|-$/g, '')}`,
    });
  return text;
}

function parseVariableName(name: string): string {
  if (name.includes('*') || name.includes('?'))
    throw new UserError(`"${name}" is a pattern`, {
      hint: 'write exact names: patterns catch variables that change nothing, such as CARGO_TERM_COLOR',
    });
  if (!/^[A-Za-z_][\w()]*$/.test(name))
    throw new UserError(`"${name}" is not the name of a variable`, {
      hint: `write the name alone, one a line: NODE_ENV`,
    });
  if (/TOKEN|SECRET|PASSW|CREDENTIAL|PRIVATE_KEY|API_?KEY|ACCESS_KEY/i.test(name))
    throw new UserError(`${name} looks like a secret, and the values of variables are part of the report`, {
      hint: 'leave it out: what a secret is changes nothing in what is built',
    });
  return name;
}
