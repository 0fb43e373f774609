import { appendFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';

const input = (name) => (process.env[`INPUT_${name.toUpperCase()}`] ?? '').trim();
const lines = (name) => input(name).split('\n').filter(Boolean);
const pairs = (name) =>
  Object.fromEntries(lines(name).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));

const context = join(process.env.GITHUB_WORKSPACE, input('context') || '.');
const image = pack(readFileSync(join(context, input('file') || 'Dockerfile'), 'utf8'), pairs('build-args'));
image.config.Labels = pairs('labels');
// The registry stand-in has the code for its protocol; the rehearsal says where that is.
const { pushImage } = await import(pathToFileURL(process.env.REHEARSAL_PUSH_IMAGE));
let digest = '';
for (const reference of lines('tags')) {
  const [host, path] = [reference.slice(0, reference.indexOf('/')), reference.slice(reference.indexOf('/') + 1)];
  const [repository, tag] = [path.slice(0, path.lastIndexOf(':')), path.slice(path.lastIndexOf(':') + 1)];
  digest = await pushImage(`http://${host}`, repository, tag, { ...image, authorization: authorization(host) });
  console.log(`pushed ${reference}@${digest}`);
}
appendFileSync(process.env.GITHUB_OUTPUT, `digest=${digest}\n`);

/** The instructions that the rehearsed service's Dockerfile has; the base image's files are left out. */
function pack(dockerfile, given) {
  const args = {};
  const config = { Env: [], WorkingDir: '/', Cmd: [] };
  const files = {};
  const expand = (text) => text.replace(/\$\{(\w+)\}/g, (_, name) => args[name] ?? '');
  for (const line of dockerfile.split('\n').filter((each) => each.trim() !== '' && !each.startsWith('#'))) {
    const [, instruction, rest] = /^(\w+)\s+(.*)$/.exec(line.trim());
    if (instruction === 'ARG') {
      const [name, value = ''] = rest.split('=');
      args[name] = given[name] ?? value;
    } else if (instruction === 'ENV') config.Env.push(expand(rest));
    else if (instruction === 'WORKDIR') config.WorkingDir = rest;
    else if (instruction === 'CMD') config.Cmd = JSON.parse(rest);
    else if (instruction === 'COPY') {
      const [from, to] = rest.split(/\s+/);
      const target = to.endsWith('/') ? posix.join(to, posix.basename(from)) : to;
      copy(join(context, from), posix.join(config.WorkingDir, target), files);
    } else if (instruction !== 'FROM' && instruction !== 'EXPOSE')
      throw new Error(`the rehearsal does not build ${instruction}`);
  }
  return { config, files };
}

function copy(from, to, files) {
  if (!statSync(from).isDirectory()) {
    files[to.slice(1)] = readFileSync(from);
    return;
  }
  for (const name of readdirSync(from)) copy(join(from, name), posix.join(to, name), files);
}

function authorization(host) {
  const { auths } = JSON.parse(readFileSync(join(homedir(), '.docker', 'config.json'), 'utf8'));
  return `Basic ${auths[host].auth}`;
}
