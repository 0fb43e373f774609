import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer as createNetServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface Loopback extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Connections that were ever accepted. */
  readonly accepted: () => number;
  /** Connections that are open now. */
  readonly open: () => number;
}

/** Valid for localhost and 127.0.0.1 until 2126; made once with openssl, used by tests only. */
export const CERTIFICATE = readFileSync(new URL('tls/cert.pem', import.meta.url), 'utf8');
export const KEY = readFileSync(new URL('tls/key.pem', import.meta.url), 'utf8');

export function httpServer(answer: RequestListener): Promise<Loopback> {
  return started(createHttpServer(answer), 'http:');
}

export function httpsServer(answer: RequestListener): Promise<Loopback> {
  return started(createHttpsServer({ key: KEY, cert: CERTIFICATE }, answer), 'https:');
}

/** For answers that no HTTP server would give. */
export function rawServer(answer: (socket: Socket) => void, protocol = 'http:'): Promise<Loopback> {
  return started(
    createNetServer((socket) => {
      answer(socket);
      socket.resume();
    }),
    protocol,
  );
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  await using server = await rawServer(() => {});
  return server.port;
}

/** `server`, counted and listening. */
export async function started(server: Server, protocol: string): Promise<Loopback> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on('connection', (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${protocol}//127.0.0.1:${port}`,
    accepted: () => accepted,
    open: () => sockets.size,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export interface Tunnelling extends Loopback {
  /** The authorities of all CONNECTs. */
  readonly asked: readonly string[];
  /** Answers 407 from now on. */
  refuse: boolean;
  /** Ends all tunnels. */
  cut(): void;
}

/** A proxy that connects by CONNECT. */
export async function tunnelling(): Promise<Tunnelling> {
  const asked: string[] = [];
  const tunnels = new Set<Duplex>();
  const server = createHttpServer();
  const proxy = {
    ...(await started(server, 'http:')),
    asked,
    refuse: false,
    cut() {
      for (const tunnel of tunnels) tunnel.destroy();
    },
  };
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    if (proxy.refuse) return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
    tunnels.add(socket);
    const target = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.on('error', () => target.destroy()).on('close', () => target.destroy());
    return target;
  });
  return proxy;
}

/** The failure of a request that must fail. */
export async function failing(answer: Promise<unknown>): Promise<{ kind: string; message: string; sent: boolean }> {
  try {
    await answer;
  } catch (error) {
    const { kind, message, sent } = error as { kind: string; message: string; sent: boolean };
    return { kind, message, sent };
  }
  throw new Error('the request did not fail');
}
