import { annotation, type Command, isCommandName, parseCommand } from './commands.ts';
import type { Masks } from './masks.ts';
import type { Annotation } from './types.ts';

/** What a step says while it runs: its log without secrets, and what its workflow commands do. */
export interface StepOutput {
  readonly log: readonly string[];
  readonly annotations: readonly Annotation[];
  readonly outputs: Map<string, string>;
  /** A command that could not be carried out fails the step, whatever its exit code. */
  readonly failed: boolean;
  /** A line of a process, which may be a command. */
  line(text: string): void;
  /** What the runner itself has to say. */
  error(message: string): void;
  warning(message: string): void;
  /** Errors that fail the step, whatever its exit code. */
  fail(...messages: readonly string[]): void;
}

interface StepOutputOptions {
  readonly masks: Masks;
  /** A masked line, as it comes. */
  readonly write: (line: string) => void;
  /** Whether `debug` lines are shown. */
  readonly debug: boolean;
  /** What `save-state` saves, for the action's later phases. */
  readonly state: Map<string, string>;
  /** Annotations name files below it. */
  readonly workspace: string;
}

export function stepOutput({ masks, write, debug, state, workspace }: StepOutputOptions): StepOutput {
  const log: string[] = [];
  const annotations: Annotation[] = [];
  const outputs = new Map<string, string>();
  let failed = false;
  let echo = false;
  let resume: string | undefined;

  const print = (text: string) => {
    // A secret of several lines is hidden as a whole before the text is cut.
    for (const line of masks.mask(text).split(/\r?\n/)) {
      log.push(line);
      write(line);
    }
  };
  const annotate = (made: Annotation) => {
    annotations.push(masked(made, masks, workspace));
    print(`##[${made.level}]${made.message}`);
  };
  const tell = (level: Annotation['level'], message: string) => annotate({ level, message });
  const fail = (...messages: readonly string[]) => {
    failed = true;
    for (const message of messages) tell('error', message);
  };
  const deprecated = (name: string, file: string) =>
    tell('warning', `The \`${name}\` command is deprecated: write to the file $${file} instead`);

  const commands: Readonly<Record<string, (command: Command) => void>> = {
    'add-mask': ({ value }) => {
      if (value.trim() === '') tell('warning', "Can't add secret mask for empty string in ##[add-mask] command.");
      else masks.add(value);
    },
    'save-state': ({ properties, value }) => {
      deprecated('save-state', 'GITHUB_STATE');
      state.set(named('save-state', properties), value);
    },
    'set-output': ({ properties, value }) => {
      deprecated('set-output', 'GITHUB_OUTPUT');
      outputs.set(named('set-output', properties), value);
    },
    'set-env': () => refuse('set-env', 'GITHUB_ENV'),
    'add-path': () => refuse('add-path', 'GITHUB_PATH'),
    debug: ({ value }) => {
      if (debug) print(`##[debug]${value}`);
    },
    error: (command) => annotate(annotation('error', command)),
    warning: (command) => annotate(annotation('warning', command)),
    notice: (command) => annotate(annotation('notice', command)),
    group: ({ value }) => print(`##[group]${value}`),
    endgroup: () => print('##[endgroup]'),
    echo: ({ value }) => {
      const wanted = value.trim().toLowerCase();
      if (wanted !== 'on' && wanted !== 'off') {
        throw new Error(
          `Invalid echo command value. Possible values can be: 'on', 'off'. Current value is: '${value}'.`,
        );
      }
      echo = wanted === 'on';
    },
    'stop-commands': ({ value }) => {
      if (value === '' || isCommandName(value)) {
        throw new Error(`"${value}" cannot stop commands: take a token that is neither empty nor itself a command`);
      }
      resume = value;
      if (value.length > 6) masks.add(value);
    },
    // Problem matchers only make annotations out of a tool's output: nothing here depends on them.
    'add-matcher': () => {},
    'remove-matcher': () => {},
  };

  return {
    log,
    annotations,
    outputs,
    get failed() {
      return failed;
    },
    line(text) {
      const command = parseCommand(text, resume);
      if (command && resume !== undefined && command.name === resume.toLowerCase()) {
        print(text);
        resume = undefined;
        return;
      }
      const carryOut = command && resume === undefined ? commands[command.name] : undefined;
      if (!command || !carryOut) {
        print(text);
        return;
      }
      if (command.name === 'stop-commands' || (echo && !UNECHOED.has(command.name))) print(text);
      if (echo && command.name === 'add-mask') print('::add-mask::***');
      try {
        carryOut(command);
      } catch (error) {
        fail(`Unable to process command '${text.trim()}' successfully.`, (error as Error).message);
      }
    },
    error: (message) => tell('error', message),
    warning: (message) => tell('warning', message),
    fail,
  };
}

const UNECHOED: ReadonlySet<string> = new Set(['add-mask', 'debug', 'error', 'warning', 'notice']);

function named(command: string, properties: Command['properties']): string {
  const name = properties.get('name');
  if (name === undefined) throw new Error(`Required field 'name' is missing in ##[${command}] command.`);
  return name;
}

function refuse(command: string, file: string): never {
  throw new Error(`The \`${command}\` command is disabled, because any output could set it: write to $${file} instead`);
}

/** Without secrets, and with the file as the repository knows it. */
function masked(made: Annotation, masks: Masks, workspace: string): Annotation {
  const inside = made.file?.startsWith(`${workspace}/`) ? made.file.slice(workspace.length + 1) : made.file;
  return {
    ...made,
    message: masks.mask(made.message),
    ...(made.title !== undefined && { title: masks.mask(made.title) }),
    ...(inside !== undefined && { file: masks.mask(inside) }),
  };
}
