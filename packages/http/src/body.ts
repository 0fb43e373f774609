import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { OpenExchange } from './exchange.ts';
import { abortFailure, failureOf, HttpFailure } from './failure.ts';

/** Reads and decompresses the body, at most `maxBytes` of it after decompression, so that a bomb stays small. */
export async function readBody({ message, url }: OpenExchange, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  let received = 0;
  const encoding = message.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  const decoder = decoderFor(encoding);
  if (decoder !== undefined) {
    message.on('error', (error) => decoder.destroy(error));
    message.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
  }
  const source = decoder === undefined ? message : message.pipe(decoder);
  try {
    for await (const chunk of source) {
      size += (chunk as Buffer).length;
      if (size > maxBytes)
        throw new HttpFailure('too-large', `${url.host} answered with more than ${maxBytes} bytes`, true);
      chunks.push(chunk as Buffer);
    }
    // A body without a length ends with its connection, for Node also when it is us who end that.
    signal.throwIfAborted();
    // Compressed data may end before its body does.
    if (!message.readableEnded) message.destroy();
  } catch (error) {
    message.destroy();
    if (signal.aborted) throw abortFailure(signal, url, true);
    const broken =
      error instanceof Error && 'code' in error && /^(?:Z_|ERR__ERROR|ERR_BROTLI)/.test(String(error.code));
    // The answer to HEAD, and a 304, name the encoding of a body that they do not have.
    if (broken && received === 0) return Buffer.alloc(0);
    if (broken)
      throw new HttpFailure('bad-encoding', `${url.host} answered with a broken ${encoding} body`, true, {
        cause: error,
      });
    throw failureOf(error, url, true);
  }
  if (decoder === undefined && encoding !== 'identity' && size > 0)
    throw new HttpFailure(
      'bad-encoding',
      `${url.host} answered in the encoding "${encoding}", which was not asked for`,
      true,
    );
  return Buffer.concat(chunks);
}

function decoderFor(encoding: string) {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return undefined;
  }
}
