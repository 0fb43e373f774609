import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { abortFailure, type OpenExchange } from './exchange.ts';
import { failureOf, HttpFailure } from './failure.ts';

/** Reads and decompresses the body, at most `maxBytes` of it after decompression, so that a bomb stays small. */
export async function readBody({ message, url }: OpenExchange, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const decoder = decoderFor(message.headers['content-encoding']);
  const source = decoder === undefined ? message : message.on('error', (error) => decoder.destroy(error)).pipe(decoder);
  try {
    for await (const chunk of source) {
      size += (chunk as Buffer).length;
      if (size > maxBytes) throw new HttpFailure('too-large', `${url.host} answered with more than ${maxBytes} bytes`, true);
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    message.destroy();
    if (signal.aborted) throw abortFailure(signal, url, true);
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
      throw new HttpFailure('bad-encoding', `${url.host} answered with a broken ${message.headers['content-encoding']} body`, true, { cause: error });
    }
    throw failureOf(error, url, true);
  }
  return Buffer.concat(chunks);
}

function decoderFor(encoding: string | undefined) {
  switch (encoding?.trim().toLowerCase()) {
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
