declare module 'tar-stream' {
  import type { Duplex, Readable } from 'node:stream';

  interface Header {
    name: string;
    type?: 'file' | 'directory' | 'symlink' | 'link' | string;
    size?: number;
    mode?: number;
    mtime?: Date;
    uid?: number;
    gid?: number;
    linkname?: string | null;
  }

  export function pack(): Readable & { entry(header: Header, content?: Buffer): unknown; finalize(): void };
  /** Async iterable of entries; each is a stream of its content with its header. */
  export function extract(): Duplex & AsyncIterable<Readable & { readonly header: Header }>;
}
