import { type ImageReference, InvalidReference, parseReference } from '../reference.ts';
import { BadDockerfile } from './bad-dockerfile.ts';
import { BadExpansion } from './bad-expansion.ts';
import { expand } from './expansion.ts';
import { type Instruction, parseInstructions } from './instructions.ts';
import { readStages, type Stage } from './stages.ts';
import { splitWords } from './words.ts';

/** An image that a build pulls. */
export interface BaseImage {
  readonly reference: ImageReference;
  /** With its variables replaced, as a person would write it. */
  readonly image: string;
  readonly by: 'FROM' | 'COPY --from' | 'RUN --mount' | '# syntax';
  /** Counted from 1. */
  readonly line: number;
}

export interface BaseImages {
  /** What is wrong with the file. Images are complete only without any. */
  readonly problems: readonly BadDockerfile[];
  readonly images: readonly BaseImage[];
  /** Stages that the target does not need, which BuildKit does not build: their images do not count. */
  readonly unreached: readonly { readonly stage: string; readonly line: number }[];
}

export interface BuildOptions {
  /** What `docker build --build-arg` would give. */
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** `docker build --target`; the last stage unless given. */
  readonly target?: string;
  /** `linux/amd64`, for TARGETPLATFORM and its relatives. */
  readonly platform: string;
}

/** The images that a build of this Dockerfile pulls, by BuildKit's rules, each place once, in the file's order. */
export function baseImages(text: string, { buildArgs = {}, target, platform }: BuildOptions): BaseImages {
  try {
    const { instructions, escapeChar, syntax } = parseInstructions(text);
    const first = instructions.findIndex(({ name }) => name === 'from');
    if (first < 0) throw new BadDockerfile(1, 'there is no FROM in it');
    const variables = globalArguments(instructions.slice(0, first), { escapeChar, buildArgs, platform, target });
    const { stages, problems } = readStages(instructions.slice(first), { escapeChar, variables });
    const reached = reachable(stages, target);
    const found: BaseImage[] = [];
    const wanted = [
      ...(syntax === undefined ? [] : [{ by: '# syntax' as const, image: syntax.image, line: syntax.line }]),
      ...[...reached].flatMap((stage) => stage.pulls),
    ];
    for (const { by, image, line } of wanted.sort((a, b) => a.line - b.line)) {
      try {
        found.push({ reference: parseReference(image), image, by, line });
      } catch (error) {
        if (!(error instanceof InvalidReference)) throw error;
        const variable = by !== 'FROM' && image.includes('$');
        const hint = variable
          ? `${by} takes no variables: name the image in a FROM ... AS and use that name`
          : undefined;
        problems.push(new BadDockerfile(line, `${by}: ${error.message}`, hint));
      }
    }
    const unreached = stages
      .map((stage, index) => ({ stage, name: stage.name ?? String(index) }))
      .filter(({ stage }) => !reached.has(stage));
    return {
      problems: problems.sort((a, b) => a.line - b.line),
      images: found,
      unreached: unreached.map(({ stage, name }) => ({ stage: name, line: stage.line })),
    };
  } catch (error) {
    if (error instanceof BadDockerfile) return { problems: [error], images: [], unreached: [] };
    throw error;
  }
}

/** ARGs before the first FROM are the only ones that a FROM sees, beside those that BuildKit sets by itself. */
function globalArguments(
  instructions: readonly Instruction[],
  {
    escapeChar,
    buildArgs,
    platform,
    target,
  }: Required<Omit<BuildOptions, 'target'>> & { escapeChar: string; target: string | undefined },
): ReadonlyMap<string, string> {
  const variables = platformArguments(platform, target);
  for (const { name, rest, line } of instructions) {
    if (name !== 'arg') throw new BadDockerfile(line, `${name.toUpperCase()} stands before the first FROM`);
    for (const word of splitWords(rest, escapeChar)) {
      const [, key = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
      const given = Object.hasOwn(buildArgs, key) ? buildArgs[key] : undefined;
      if (given !== undefined) variables.set(key, given);
      else if (value !== undefined) variables.set(key, expanded(value, variables, escapeChar, line));
    }
  }
  return variables;
}

function expanded(value: string, variables: ReadonlyMap<string, string>, escapeChar: string, line: number): string {
  try {
    return expand(value, variables, escapeChar).text;
  } catch (error) {
    if (error instanceof BadExpansion) throw new BadDockerfile(line, error.message);
    throw error;
  }
}

/** docs.docker.com, "Automatic platform ARGs in the global scope"; the build's platform is the target's here. */
function platformArguments(platform: string, target: string | undefined): Map<string, string> {
  const [os = '', architecture = '', variant = ''] = platform.split('/');
  return new Map([
    ['TARGETSTAGE', target ?? 'default'],
    ...['BUILD', 'TARGET'].flatMap((side): [string, string][] => [
      [`${side}PLATFORM`, platform],
      [`${side}OS`, os],
      [`${side}OSVERSION`, ''],
      [`${side}ARCH`, architecture],
      [`${side}VARIANT`, variant],
    ]),
  ]);
}

function reachable(stages: readonly Stage[], target: string | undefined): ReadonlySet<Stage> {
  const wanted =
    target === undefined
      ? stages.at(-1)
      : (stages.findLast(({ name }) => name === target.toLowerCase()) ??
        (/^\d+$/.test(target) ? stages[Number(target)] : undefined));
  if (wanted === undefined) throw new BadDockerfile(1, `there is no stage "${target}" in it`);
  const reached = new Set<Stage>();
  const visit = (stage: Stage) => {
    if (reached.has(stage)) return;
    reached.add(stage);
    for (const needed of stage.needs) {
      const next = stages[needed];
      if (next !== undefined) visit(next);
    }
  };
  visit(wanted);
  return reached;
}
