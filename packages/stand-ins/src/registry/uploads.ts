import { randomUUID } from 'node:crypto';
import type { Exchange } from '../loopback.ts';
import { RegistryError } from './registry-error.ts';
import { digestOf, type Storage } from './storage.ts';

type Response = Exchange['response'];

/** Blobs on their way in: at once, or in chunks (distribution specification, "Pushing blobs"). */
export function blobUploads(store: Storage, digestHeader: (digest: string) => Record<string, string>) {
  const open = new Map<string, Buffer>();

  function received(id: string): Buffer {
    const content = open.get(id);
    if (content === undefined) throw new RegistryError('BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
    return content;
  }

  function progress(response: Response, status: number, name: string, id: string): void {
    response.writeHead(status, {
      location: `/v2/${name}/blobs/uploads/${id}`,
      range: `0-${Math.max(0, received(id).length - 1)}`,
      'docker-upload-uuid': id,
      'content-length': '0',
    });
    response.end();
  }

  function created(response: Response, name: string, digest: string): void {
    const location = `/v2/${name}/blobs/${digest}`;
    response.writeHead(201, { location, 'content-length': '0', ...digestHeader(digest) });
    response.end();
  }

  function keep(response: Response, name: string, content: Buffer, digest: string): void {
    if (digestOf(content) !== digest)
      throw new RegistryError('DIGEST_INVALID', 'provided digest did not match uploaded content');
    store.putBlob(name, content);
    created(response, name, digest);
  }

  return {
    start({ url, body, response }: Exchange, name: string): void {
      const [mount, from, digest] = ['mount', 'from', 'digest'].map((key) => url.searchParams.get(key) ?? '');
      if (mount && from && store.mount(name, mount, from)) created(response, name, mount);
      else if (digest) keep(response, name, body, digest);
      else {
        const id = randomUUID();
        open.set(id, Buffer.alloc(0));
        progress(response, 202, name, id);
      }
    },
    chunk({ headers, body, response }: Exchange, name: string, id: string): void {
      const before = received(id);
      const [, start] = /^(\d+)-\d+$/.exec(String(headers['content-range'] ?? '')) ?? [];
      if (start !== undefined && Number(start) !== before.length)
        throw new RegistryError('RANGE_INVALID', 'invalid content range', {
          range: `0-${Math.max(0, before.length - 1)}`,
        });
      open.set(id, Buffer.concat([before, body]));
      progress(response, 202, name, id);
    },
    end({ url, body, response }: Exchange, name: string, id: string): void {
      const content = Buffer.concat([received(id), body]);
      keep(response, name, content, url.searchParams.get('digest') ?? '');
      open.delete(id);
    },
    status({ response }: Exchange, name: string, id: string): void {
      progress(response, 204, name, id);
    },
    cancel({ response }: Exchange, _: string, id: string): void {
      received(id);
      open.delete(id);
      response.writeHead(204).end();
    },
  };
}
