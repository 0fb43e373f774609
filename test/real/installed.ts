import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '@delivery-actions/release';

/** A tool that is not to be had on this machine, and how to get it. */
export interface NotHere {
  readonly skipped: string;
}

/** Where tools are installed once and found again: REAL_CACHE, or a folder in this user's cache directory. */
export function realCache(): string {
  const { REAL_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const folder = REAL_CACHE || join(userCache(XDG_CACHE_HOME, LOCALAPPDATA), 'delivery-actions-real');
  mkdirSync(folder, { recursive: true });
  return folder;
}

function userCache(xdg: string | undefined, local: string | undefined): string {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  if (process.platform === 'win32') return local || join(homedir(), 'AppData', 'Local');
  return xdg || join(homedir(), '.cache');
}

/** The path of a Go program, installed at its first use. `module` is the path of its main package, for `go install`. */
export function goTool(name: string, module: string, version: string): string | NotHere {
  const bin = join(realCache(), 'bin', `${name}-${version}`);
  const program = join(bin, executable(name));
  if (existsSync(program)) return program;
  if (!answers('go', 'version'))
    return { skipped: `${name} is installed with Go, which is not here: get it from https://go.dev/dl` };
  return installed(program, 'go', ['install', `${module}@${version}`], { GOBIN: bin });
}

/** The path of a program from a Python package, installed at its first use into a virtual environment of its own. */
export function pythonTool(name: string, packageName: string, version: string): string | NotHere {
  const environment = join(realCache(), `${packageName}-${version}`);
  const scripts = join(environment, process.platform === 'win32' ? 'Scripts' : 'bin');
  const program = join(scripts, executable(name));
  if (existsSync(program)) return program;
  const python = ['python3', 'python'].find((command) => answers(command, '--version'));
  if (python === undefined)
    return { skipped: `${name} is installed with Python 3, which is not here: get it from https://www.python.org` };
  const made = installed(scripts, python, ['-m', 'venv', environment]);
  if (typeof made !== 'string') return made;
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `${packageName}==${version}`];
  return installed(program, join(scripts, executable('python')), pip);
}

/** The folder of a package from npm, installed at its first use, for a Node of at least this version. */
export function npmPackage(packageName: string, version: string, node: string): string | NotHere {
  const folder = join(realCache(), `${packageName}-${version}`);
  const found = join(folder, 'node_modules', packageName);
  const enough = process.versions.node.localeCompare(node, 'en', { numeric: true }) >= 0;
  if (!enough) return { skipped: `${packageName} needs Node ${node}, and this is ${process.versions.node}` };
  // Written last: an installation that was cut short is begun again.
  const done = join(folder, 'node_modules', '.package-lock.json');
  if (existsSync(done)) return found;
  const quietly = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const made = installed(done, 'npm', ['install', '--prefix', folder, ...quietly, `${packageName}@${version}`]);
  return typeof made === 'string' ? found : made;
}

/** A Vault server without its command line, which is no module that can be installed; built at its first use: some ten minutes. */
export function vaultCore(): string | NotHere {
  const folder = join(realCache(), 'vault-core-1.21.4');
  const program = join(folder, executable('vaultcore'));
  if (existsSync(program)) return program;
  if (!answers('go', 'version'))
    return { skipped: 'Vault is built with Go, which is not here: get it from https://go.dev/dl' };
  copyWritable(join(ROOT, 'test', 'real', 'vault-core'), folder);
  const tidied = installed(join(folder, 'go.sum'), 'go', ['-C', folder, 'mod', 'tidy']);
  if (typeof tidied !== 'string') return tidied;
  return installed(program, 'go', ['-C', folder, 'build', '-ldflags=-s -w', '-o', program, '.']);
}

/**
 * The folder with the scripts and programs of a real Kubernetes control plane: REAL_KUBERNETES, or one that was built
 * into the cache before. With `build` it is built there if need be, from Go modules: some ten minutes.
 */
export function controlPlaneFolder({ build = false } = {}): string | NotHere {
  const folder = process.env.REAL_KUBERNETES || join(realCache(), 'real-kubernetes');
  if (existsSync(join(folder, 'bin', 'kube-apiserver')) && existsSync(join(folder, 'bin', 'crds'))) return folder;
  const source = join(ROOT, '..', 'shared', 'real-kubernetes');
  const how = 'REAL_KUBERNETES names a folder with up.sh and bin/, or "pnpm test:real --all" builds one';
  if (!build) return { skipped: `a real control plane is not here: ${how}` };
  if (!existsSync(join(source, 'build.sh')))
    return { skipped: `a real control plane cannot be built without ${source}` };
  if (!answers('go', 'version'))
    return { skipped: 'a real control plane is built with Go, which is not here: get it from https://go.dev/dl' };
  copyWritable(source, folder);
  return typeof installed(join(folder, 'bin', 'crds'), 'bash', [join(folder, 'build.sh'), join(folder, 'bin')]) ===
    'string'
    ? folder
    : { skipped: `a real control plane could not be built by ${join(folder, 'build.sh')}` };
}

/** The files as they are, but writable: what is built goes beside them. */
function copyWritable(from: string, to: string): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const target = join(to, path.slice(from.length));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, readFileSync(path), { mode: entry.name.endsWith('.sh') ? 0o755 : 0o644 });
  }
}

function installed(result: string, command: string, args: readonly string[], env = {}): string | NotHere {
  console.log(`  installing: ${command} ${args.join(' ')}`);
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, ...env } });
  if (status === 0 && existsSync(result)) return result;
  const reason = error?.message ?? stderr.trim().split('\n').at(-1);
  return { skipped: `not to be had here: "${command} ${args.join(' ')}" failed: ${reason}` };
}

function answers(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function executable(name: string): string {
  return process.platform === 'win32' ? `${name}.exe` : name;
}
