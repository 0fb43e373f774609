import { parseReference } from '../reference.ts';
import { BadDockerfile } from './bad-dockerfile.ts';
import { BadExpansion } from './bad-expansion.ts';
import { expand } from './expansion.ts';
import type { Instruction } from './instructions.ts';

export interface Pull {
  readonly by: 'FROM' | 'COPY --from' | 'RUN --mount';
  readonly image: string;
  readonly line: number;
}

export interface Stage {
  /** In lower case; nothing for a stage without `AS`. */
  readonly name: string | undefined;
  readonly line: number;
  /** Stages that it is built from, by their index. */
  readonly needs: readonly number[];
  /** Images that it is built from. */
  readonly pulls: readonly Pull[];
}

interface Scope {
  readonly escapeChar: string;
  /** What a FROM sees. */
  readonly variables: ReadonlyMap<string, string>;
}

const STAGE_NAME = /^[a-z][a-z0-9_.-]*$/;
const SCRATCH = 'scratch';

/** The stages from the first FROM on; what cannot be told about one of them is a problem and leaves the others alone. */
export function readStages(
  instructions: readonly Instruction[],
  scope: Scope,
): { stages: Stage[]; problems: BadDockerfile[] } {
  const problems: BadDockerfile[] = [];
  function attempt<Value>(read: () => Value): Value | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof BadDockerfile)) throw error;
      problems.push(error);
      return undefined;
    }
  }

  const froms = instructions.filter(({ name }) => name === 'from');
  const heads = froms.map((from) => attempt(() => head(from)));
  const names = heads.map((each) => each?.name);
  const stages = froms.map(({ line }, index) => ({
    name: names[index],
    line,
    needs: [] as number[],
    pulls: [] as Pull[],
  }));
  for (const [index, stage] of stages.entries()) {
    const image = attempt(() => baseImage(froms[index], heads[index]?.image, scope));
    if (image === undefined || image === SCRATCH) continue;
    // Only stages that stand before it: FROM node AS node pulls the image.
    const earlier = names.slice(0, index).lastIndexOf(image.toLowerCase());
    if (earlier >= 0) stage.needs.push(earlier);
    else stage.pulls.push({ by: 'FROM', image, line: stage.line });
  }

  let current = -1;
  for (const { name: instruction, flags, line } of instructions) {
    if (instruction === 'from') current += 1;
    const stage = stages[current];
    if (stage === undefined) continue;
    if (instruction === 'copy') {
      const source = flags.findLast(({ name }) => name === 'from')?.value || undefined;
      attempt(() => need(stage, source, names, { by: 'COPY --from', line, byIndex: true }));
    } else if (instruction === 'run') {
      for (const { value } of flags.filter(({ name }) => name === 'mount'))
        attempt(() => need(stage, mountSource(value), names, { by: 'RUN --mount', line, byIndex: false }));
    }
  }
  return { stages, problems };
}

function need(
  stage: { needs: number[]; pulls: Pull[] },
  source: string | undefined,
  names: readonly (string | undefined)[],
  { by, line, byIndex }: { by: 'COPY --from' | 'RUN --mount'; line: number; byIndex: boolean },
): void {
  if (source === undefined) return;
  const named = names.lastIndexOf(source.toLowerCase());
  if (byIndex && /^\d+$/.test(source)) {
    if (Number(source) >= names.length)
      throw new BadDockerfile(line, `${by}=${source}: there are ${names.length} stages, counted from 0`);
    stage.needs.push(Number(source));
  } else if (named >= 0) stage.needs.push(named);
  else if (source !== SCRATCH) stage.pulls.push({ by, image: source, line });
}

/** `FROM [--platform=...] image [AS name]`, with the image as it is written. */
function head({ rest, line }: Instruction): { image: string; name: string | undefined } {
  const [image = '', as, name, ...more] = rest.split(/\s+/);
  const named = as !== undefined;
  if (image === '' || more.length > 0 || (named && (as.toLowerCase() !== 'as' || name === undefined)))
    throw new BadDockerfile(line, `"FROM ${rest}" is not "FROM image" or "FROM image AS name"`);
  if (name !== undefined && !STAGE_NAME.test(name.toLowerCase()))
    throw new BadDockerfile(
      line,
      `"${name}" cannot be the name of a stage: letters, digits, "-", "_" and ".", a letter first`,
    );
  return { image, name: name?.toLowerCase() };
}

/** The image of a FROM with its variables replaced; nothing when the FROM is a problem already. */
function baseImage(from: Instruction | undefined, image: string | undefined, scope: Scope): string | undefined {
  if (from === undefined || image === undefined) return undefined;
  for (const { value } of from.flags.filter(({ name }) => name === 'platform'))
    filledIn('FROM --platform', value, scope, from.line);
  return filledIn('FROM', image, scope, from.line);
}

function filledIn(what: string, word: string, { variables, escapeChar }: Scope, line: number): string {
  let expansion: { text: string; unset: readonly string[] };
  try {
    expansion = expand(word, variables, escapeChar);
  } catch (error) {
    if (error instanceof BadExpansion) throw new BadDockerfile(line, `${what} ${word}: ${error.message}`);
    throw error;
  }
  const {
    text,
    unset: [unset],
  } = expansion;
  if (text !== '' && (unset === undefined || isReference(text))) return text;
  if (unset === undefined) throw new BadDockerfile(line, `${what} ${word}: nothing is left of it`);
  throw new BadDockerfile(
    line,
    `${what} ${word}: ${unset} has no value here`,
    `give it a default above the first FROM, since no later ARG counts there:\nARG ${unset}=...`,
  );
}

/** Half a name, such as "node:" of "node:${VERSION}", is never meant. A platform looks like a reference too. */
function isReference(text: string): boolean {
  try {
    parseReference(text);
    return true;
  } catch {
    return false;
  }
}

/** `type=bind,from=image,target=/x`: only bind and cache mounts have a source. */
function mountSource(value: string): string | undefined {
  const fields = (value.match(/(?:"[^"]*"|[^,])+/g) ?? []).map((field) => field.replace(/^"(.*)"$/, '$1'));
  const of = (key: string) =>
    fields.findLast((field) => field.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
  const type = of('type') ?? 'bind';
  return type === 'bind' || type === 'cache' ? of('from') || undefined : undefined;
}
