import { didYouMean } from '@delivery-actions/action-kit';
import type { Path } from '@delivery-actions/located-yaml';
import type { Complaints } from './complaints.ts';
import { placeholders, stringsIn } from './template.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The parts of a test in which placeholders are filled in. */
const FILLED = ['path', 'headers', 'body', 'expect'] as const;

/**
 * Every `{capture}` must be captured by an earlier test, and every `${VARIABLE}` must have a value. Answers the
 * variables that the tests name, and notes everything that cannot be filled in.
 */
export function checkReferences(suite: unknown, env: Env, complaints: Complaints): Map<string, string> {
  const { tests: list } = mapping(suite);
  const tests = (Array.isArray(list) ? list : []).map(mapping);
  const captured = new Map<string, number>();
  const variables = new Map<string, string>();
  const later = new Map(
    tests.flatMap((test, index) => Object.keys(mapping(test.capture)).map((name) => [name, index + 1] as const)),
  );

  function checkCapture(path: Path, name: string): void {
    if (captured.has(name)) return;
    const test = later.get(name);
    const meant = didYouMean(name, captured.keys());
    const literal = `for the text itself write \\{${name}}`;
    const hint =
      test !== undefined
        ? `test ${test} captures it: move that test up`
        : meant === undefined
          ? `capture it in an earlier test, for example\ncapture:\n  ${name}: $.${name}\n${literal}`
          : `did you mean {${meant}}? ${literal}`;
    complaints.at(path, `no earlier test captures {${name}}`, hint);
  }

  function checkVariable(path: Path, name: string): void {
    if (variables.has(name)) return;
    const value = env[name] ?? '';
    variables.set(name, value);
    if (value.trim() !== '') return;
    const state = env[name] === undefined ? 'is not set' : 'is empty';
    const hint = `set it on the step, and see that the secret exists in this environment:\nenv:\n  ${name}: \${{ secrets.${name} }}`;
    complaints.at(path, `the environment variable ${name} ${state}`, hint);
  }

  for (const [index, test] of tests.entries()) {
    for (const { text, path } of filledStrings(test)) {
      const place: Path = ['tests', index, ...path];
      if (/\$\{\{/.test(text)) {
        complaints.at(
          place,
          'GitHub fills in ${{ }} in workflow files only',
          'pass the value under "env:" of the step and write ${NAME} here',
        );
        continue;
      }
      const doubled = /\{\{\s*([A-Za-z_]\w*)\s*\}\}/.exec(text);
      if (doubled !== null) {
        complaints.at(place, `{{${doubled[1]}}} is not filled in`, `write {${doubled[1]}}, with one pair of braces`);
        continue;
      }
      for (const placeholder of placeholders(text)) {
        if ('capture' in placeholder) checkCapture(place, placeholder.capture);
        else checkVariable(place, placeholder.variable);
      }
    }
    for (const query of Object.keys(mapping(mapping(test.expect).json))) {
      for (const placeholder of placeholders(query)) {
        if ('capture' in placeholder && !captured.has(placeholder.capture)) continue;
        const place: Path = ['tests', index, 'expect', 'json', query];
        complaints.at(place, `"${query}" is a JSONPath, which is not filled in`, 'compare the value instead', 'key');
      }
    }
    for (const path of unquoted(test.body, captured)) {
      const name = path.at(-1);
      complaints.at(
        ['tests', index, 'body', ...path.slice(0, -1)],
        `{${name}} without quotes is a YAML mapping`,
        `write "{${name}}"`,
      );
    }
    for (const name of Object.keys(mapping(test.capture))) captured.set(name, index);
  }
  return variables;
}

/** The shape may be wrong, which is another's complaint: what can be checked is checked all the same. */
function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function* filledStrings(test: Readonly<Record<string, unknown>>): Generator<{ text: string; path: Path }> {
  for (const key of FILLED) yield* stringsIn(test[key], [key]);
}

/** Mappings such as `{id: null}`, which is how YAML reads a bare `{id}`, where `id` is a captured name. */
function* unquoted(value: unknown, captured: ReadonlyMap<string, number>, path: Path = []): Generator<Path> {
  if (typeof value !== 'object' || value === null) return;
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  const [first] = entries;
  if (!Array.isArray(value) && entries.length === 1 && first?.[1] === null && captured.has(String(first[0])))
    yield [...path, first[0]];
  for (const [key, item] of entries) yield* unquoted(item, captured, [...path, key]);
}
