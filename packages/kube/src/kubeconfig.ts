import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { KubeFailure } from './failure.ts';

/** A map of the YAML. Paths in it are made absolute when it is read. */
export type Entry = Readonly<Record<string, unknown>>;

/** The context that was chosen, with what it points to. */
export interface ChosenContext {
  readonly name: string;
  readonly cluster: Entry;
  readonly user: Entry;
  readonly namespace: string | undefined;
  /** The file of the user, to which the paths in an exec plugin's command are relative. */
  readonly userFile: string;
}

export interface KubeconfigPlaces {
  /** One file that must exist; else the list in KUBECONFIG, else `.kube/config` in the home folder. */
  readonly path?: string | undefined;
  /** Else `current-context`. */
  readonly context?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

interface Named {
  readonly value: Entry;
  readonly file: string;
}

interface Merged {
  readonly files: readonly string[];
  readonly clusters: ReadonlyMap<string, Named>;
  readonly users: ReadonlyMap<string, Named>;
  readonly contexts: ReadonlyMap<string, Named>;
  readonly currentContext: string | undefined;
}

/** Keys whose values are paths relative to their file (client-go, `clientcmd.RelativizePathWithNoBacksteps`). */
const PATHS = new Set(['certificate-authority', 'client-certificate', 'client-key', 'tokenFile']);

/** The chosen context, or nothing when no kubeconfig exists. Throws KubeFailure `kubeconfig`. */
export async function chooseContext(places: KubeconfigPlaces): Promise<ChosenContext | undefined> {
  const merged = await mergedFiles(places);
  if (merged === undefined) return undefined;
  const files = merged.files.join(', ');
  const name = places.context ?? merged.currentContext;
  if (name === undefined) {
    throw new KubeFailure('kubeconfig', `${files} has no current-context`, {
      hint: `choose one of its contexts: ${names(merged.contexts)}`,
    });
  }
  const context = find('context', name, merged.contexts, files);
  const cluster = find('cluster', textAt(context.value, 'cluster') ?? '', merged.clusters, files);
  const user = find('user', textAt(context.value, 'user') ?? '', merged.users, files);
  return {
    name,
    cluster: cluster.value,
    user: user.value,
    userFile: user.file,
    namespace: textAt(context.value, 'namespace'),
  };
}

/** A text of a map; an empty one counts as absent. */
export function textAt(entry: Entry, key: string): string | undefined {
  const value = entry[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function mergedFiles({ path, env, home }: KubeconfigPlaces): Promise<Merged | undefined> {
  // Kubernetes docs, "Merging kubeconfig files": a file given by hand stands alone; in KUBECONFIG absent files are passed over.
  const listed = env.KUBECONFIG?.split(delimiter).filter((file) => file !== '') ?? [];
  const files = path !== undefined ? [path] : listed.length > 0 ? listed : [join(home, '.kube', 'config')];
  const documents: { file: string; content: Entry }[] = [];
  for (const file of files) {
    const text = await readText(file, path !== undefined);
    if (text !== undefined) documents.push({ file, content: await parsed(file, text) });
  }
  if (documents.length === 0) {
    if (listed.length === 0) return undefined;
    throw new KubeFailure('kubeconfig', `no file of KUBECONFIG exists: ${listed.join(', ')}`);
  }
  return {
    files: documents.map(({ file }) => file),
    clusters: named(documents, 'clusters', 'cluster'),
    users: named(documents, 'users', 'user'),
    contexts: named(documents, 'contexts', 'context'),
    currentContext: documents
      .map(({ content }) => textAt(content, 'current-context'))
      .find((text) => text !== undefined),
  };
}

async function readText(file: string, required: boolean): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !required) return undefined;
    throw new KubeFailure('kubeconfig', `the kubeconfig ${file} cannot be read (${code})`, {
      hint: code === 'ENOENT' ? 'does the step that writes it run before this one, in the same job?' : undefined,
    });
  }
}

async function parsed(file: string, text: string): Promise<Entry> {
  const { LineCounter, parseDocument } = await import('yaml');
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const [error] = document.errors;
  if (error !== undefined) {
    // Not the parser's message: it quotes the line, which may be a key.
    throw new KubeFailure(
      'kubeconfig',
      `${file}, line ${counter.linePos(error.pos[0]).line}: not valid YAML (${error.code})`,
    );
  }
  const content: unknown = document.toJS();
  if (!isEntry(content)) throw new KubeFailure('kubeconfig', `${file} is not a kubeconfig: it holds no map`);
  return content;
}

function named(documents: readonly { file: string; content: Entry }[], list: string, key: string): Map<string, Named> {
  const found = new Map<string, Named>();
  for (const { file, content } of documents) {
    const entries = Array.isArray(content[list]) ? content[list] : [];
    for (const entry of entries.filter(isEntry)) {
      const name = textAt(entry, 'name');
      if (name === undefined || found.has(name)) continue;
      const value = isEntry(entry[key]) ? entry[key] : {};
      found.set(name, { file, value: absolute(value, dirname(resolve(file))) });
    }
  }
  return found;
}

function absolute(value: Entry, folder: string): Entry {
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => [
      key,
      PATHS.has(key) && typeof text === 'string' && text !== '' ? resolve(folder, text) : text,
    ]),
  );
}

function find(kind: string, name: string, entries: ReadonlyMap<string, Named>, files: string): Named {
  const found = entries.get(name);
  if (found !== undefined) return found;
  throw new KubeFailure('kubeconfig', `${files} has no ${kind} "${name}"`, { hint: `it has: ${names(entries)}` });
}

function names(entries: ReadonlyMap<string, Named>): string {
  return entries.size === 0 ? 'none' : [...entries.keys()].sort().join(', ');
}
