/// <reference path="./tar-stream.d.ts" />
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { extract, pack } from 'tar-stream';

/** Files by path; the layer of the same files is the same bytes on every machine. */
export async function packLayer(files: Readonly<Record<string, Buffer | string>>): Promise<Buffer> {
  const stream = pack();
  const fixed = { uid: 0, gid: 0, mtime: new Date(0) };
  const paths = Object.keys(files).map((path) => posix.normalize(path).replace(/^\/+/, ''));
  const folders = new Set(paths.flatMap(parents));
  const contents = new Map(Object.entries(files).map(([, content], index) => [paths[index] ?? '', content]));
  for (const name of [...folders, ...paths].sort()) {
    const content = contents.get(name);
    if (content === undefined) stream.entry({ ...fixed, name: `${name}/`, type: 'directory', mode: 0o755 });
    else {
      const bytes = Buffer.from(content);
      const script = bytes.subarray(0, 2).toString() === '#!';
      stream.entry({ ...fixed, name, mode: script ? 0o755 : 0o644, size: bytes.length }, bytes);
    }
  }
  stream.finalize();
  return buffer(stream);
}

/** The same bytes everywhere: nothing is squeezed, and the header does not name the operating system (RFC 1952). */
export function compressed(layer: Buffer): Buffer {
  const bytes = gzipSync(layer, { level: 0 });
  bytes[9] = 255;
  return bytes;
}

/** Lays a layer, plain or compressed, over what is in the folder. An entry that would leave the folder is an error. */
export async function unpackLayer(layer: Buffer, folder: string): Promise<void> {
  const zipped = layer[0] === 0x1f && layer[1] === 0x8b;
  const stream = extract();
  stream.end(zipped ? gunzipSync(layer) : layer);
  for await (const entry of stream) {
    const { name, type, mode = 0o644, linkname } = entry.header;
    const path = inside(folder, name);
    const removed = /^\.wh\.(.+)$/.exec(posix.basename(name))?.[1];
    const content = await buffer(entry);
    if (removed !== undefined) await rm(join(dirname(path), removed), { recursive: true, force: true });
    else if (type === 'directory') await mkdir(path, { recursive: true });
    else if (type === 'file') {
      await mkdir(dirname(path), { recursive: true });
      await rm(path, { force: true });
      await writeFile(path, content);
      await chmod(path, mode);
    } else if (type === 'symlink' && linkname) {
      inside(folder, posix.join(posix.dirname(name), linkname));
      await symlink(linkname, path);
    } else throw new Error(`the layer has "${name}", a ${type}, which a stand-in does not unpack`);
  }
}

function parents(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function inside(folder: string, name: string): string {
  const relative = posix.normalize(name).replace(/\/+$/, '');
  if (relative.startsWith('/') || relative.split('/').includes('..'))
    throw new Error(`the layer has "${name}", which is outside of the image`);
  return join(folder, relative);
}
