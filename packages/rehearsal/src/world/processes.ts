import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type ContainerRuntime, ImagePullError, pullImage, type RunningContainer } from '@delivery-actions/stand-ins';

interface ProcessRuntimeOptions {
  /** Where images are unpacked; removed by whoever made it. */
  readonly folder: string;
  /** The executable for images whose command is `node`. */
  readonly node: string;
  /** The cluster's pull secret, as a header. */
  readonly authorization: string;
}

const LAST_LOG = 64 * 1024;

/** Pulls images from their registry, unpacks them and runs their command as a process of this machine. */
export function processRuntime({
  folder,
  node,
  authorization,
}: ProcessRuntimeOptions): ContainerRuntime & AsyncDisposable {
  const running = new Set<ChildProcess>();
  // The last resort, should this process end without disposing of what it has.
  const killAll = () => {
    for (const child of running) child.kill('SIGKILL');
  };
  process.once('exit', killAll);
  return {
    async start({ image, env }) {
      const root = await mkdtemp(join(folder, 'container-'));
      const { config } = await pullImage(image, root, { authorization }).catch((error: Error) => {
        throw new ImagePullError(pullMessage(image, error));
      });
      const [command = '', ...args] = config.Cmd ?? [];
      const port = await freePort();
      const child = spawn(command === 'node' ? node : command, args, {
        cwd: join(root, config.WorkingDir ?? '/'),
        env: { ...variables(config.Env ?? []), ...env, HOST: '127.0.0.1', PORT: String(port) },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      running.add(child);
      return container(child, port, async () => {
        running.delete(child);
        await rm(root, { recursive: true, force: true });
      });
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', killAll);
      await Promise.all([...running].map((child) => ended(child, () => child.kill('SIGKILL'))));
    },
  };
}

/** What the kubelet hands on from containerd when it cannot pull. */
function pullMessage(image: string, { message }: Error): string {
  const failed = `failed to pull and unpack image "${image}": failed to resolve reference "${image}"`;
  return message.includes(' answered 404')
    ? `rpc error: code = NotFound desc = ${failed}: ${image}: not found`
    : `rpc error: code = Unknown desc = ${failed}: ${message}`;
}

function container(child: ChildProcess, port: number, gone: () => Promise<void>): RunningContainer {
  let log = '';
  const collect = (chunk: Buffer) => {
    log = (log + chunk.toString('utf8')).slice(-LAST_LOG);
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const exited = new Promise<number>((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', (code) => resolve(code ?? 143));
  }).then(async (code) => {
    await gone();
    return code;
  });
  return {
    address: { host: '127.0.0.1', port },
    exited,
    logs: () => log,
    // The readiness probe of the rehearsed Deployment: httpGet /health/ready.
    ready: () =>
      fetch(`http://127.0.0.1:${port}/health/ready`).then(
        (answer) => answer.ok,
        () => false,
      ),
    async stop() {
      await ended(child, () => child.kill('SIGTERM'));
    },
  };
}

function ended(child: ChildProcess, end: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('close', () => resolve());
    end();
  });
}

function variables(list: readonly string[]): Record<string, string> {
  return Object.fromEntries(list.map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
