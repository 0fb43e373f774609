import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** What stands in a file, or why it cannot be read. */
export type Content<Value> = { readonly value: Value } | { readonly missing: true } | { readonly reason: string };

const CHUNK = Buffer.allocUnsafe(64 * 1024);
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/**
 * sha256 of a file in which every CRLF is an LF, so that the same checkout on Windows gives the same digest. In chunks
 * through one buffer: ten times the speed of a stream for each file.
 */
export function contentDigest(path: string): Content<string> {
  return reading(() => {
    const hash = createHash('sha256');
    const file = openSync(path, 'r');
    try {
      let heldBack = false;
      for (;;) {
        const length = readSync(file, CHUNK);
        if (length === 0) break;
        if (heldBack && CHUNK[0] !== LINE_FEED) hash.update('\r');
        heldBack = CHUNK[length - 1] === CARRIAGE_RETURN;
        hash.update(withoutCrLf(CHUNK.subarray(0, heldBack ? length - 1 : length)));
      }
      if (heldBack) hash.update('\r');
    } finally {
      closeSync(file);
    }
    return hash.digest('hex');
  });
}

export function contentText(path: string): Content<string> {
  return reading(() => readFileSync(path, 'utf8'));
}

function withoutCrLf(chunk: Buffer): Buffer | string {
  if (!chunk.includes('\r\n')) return chunk;
  return Buffer.from(chunk.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}

function reading<Value>(read: () => Value): Content<Value> {
  try {
    return { value: read() };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { missing: true };
    if (code === 'EISDIR') return { reason: 'it is a folder' };
    if (code === 'EACCES' || code === 'EPERM') return { reason: 'this user may not read it' };
    return { reason: String(code ?? error) };
  }
}
