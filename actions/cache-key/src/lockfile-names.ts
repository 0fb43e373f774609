/** Files that package managers write to pin what they resolved, by the last part of their path. */
const NAMES = new Set([
  // JavaScript
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'bun.lockb',
  'deno.lock',
  // Python
  'poetry.lock',
  'uv.lock',
  'pdm.lock',
  'Pipfile.lock',
  'pylock.toml',
  'pixi.lock',
  'conda-lock.yml',
  // Go, Rust, Ruby, PHP
  'go.sum',
  'go.work.sum',
  'Cargo.lock',
  'Gemfile.lock',
  'gems.locked',
  'composer.lock',
  // JVM
  'gradle.lockfile',
  'buildscript-gradle.lockfile',
  'gradle-wrapper.properties',
  'maven-wrapper.properties',
  'libs.versions.toml',
  // .NET
  'packages.lock.json',
  'paket.lock',
  'Directory.Packages.props',
  // Elixir, Erlang, Dart, Swift, Haskell, R, C++
  'mix.lock',
  'rebar.lock',
  'pubspec.lock',
  'Package.resolved',
  'Podfile.lock',
  'stack.yaml.lock',
  'cabal.project.freeze',
  'renv.lock',
  'conan.lock',
  // Infrastructure
  '.terraform.lock.hcl',
  'Chart.lock',
  'flake.lock',
  'MODULE.bazel.lock',
  'mise.lock',
]);

/** pip has no lockfile of its own; these are what it is given. */
const REQUIREMENTS = /^(?:requirements|constraints)(?:[-_.][\w.-]+)?\.txt$/;

export function isWellKnown(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return NAMES.has(name) || REQUIREMENTS.test(name);
}
