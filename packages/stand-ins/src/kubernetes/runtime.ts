/** What the kubelet is asked to run. */
export interface ContainerSpec {
  readonly image: string;
  readonly namespace: string;
  /** Name of the pod. */
  readonly pod: string;
  /** Name of the container in the pod. */
  readonly name: string;
  /** Literal values of `env`; a container of this cluster gets nothing else. */
  readonly env: Readonly<Record<string, string>>;
}

export interface RunningContainer {
  /** The readiness probe: asked every `readinessPeriod` until it is true. A rejection counts as false. */
  ready(): Promise<boolean>;
  /** The exit code, once the container has ended; also after `stop`. Never rejects. */
  readonly exited: Promise<number>;
  /** Everything written so far, for pods/log. */
  logs(): string;
  /** Ends the container; resolves when it has ended. */
  stop(): Promise<void>;
  /** Where the container listens; without it a service has nothing to forward to. */
  readonly address?: { readonly host: string; readonly port: number };
}

/** Runs the containers of the cluster's pods; called again for every restart. */
export interface ContainerRuntime {
  /**
   * Resolves when the container runs; whether it is ready is asked of the result. Rejects with ImagePullError when the
   * image cannot be pulled; any other rejection is a container that cannot be created (CreateContainerError).
   */
  start(container: ContainerSpec): Promise<RunningContainer>;
}

/** The image cannot be pulled; the message is the runtime's, such as `rpc error: code = NotFound desc = ... not found`. */
export class ImagePullError extends Error {
  override readonly name = 'ImagePullError';
}

/** How containers of one image behave under `imageRuntime`. */
export interface ImageBehaviour {
  /** The pull fails with this message. */
  readonly pullError?: string;
  /** Exit code with which the container ends after `exitAfter` milliseconds (default 0); it never gets ready then. */
  readonly exitCode?: number;
  readonly exitAfter?: number;
  /** How many starts of one container end so, before it runs well. Default: all of them. */
  readonly crashes?: number;
  /** False: runs and never gets ready. A number: ready after so many milliseconds. */
  readonly ready?: boolean | number;
  readonly logs?: string;
}

/** A runtime without processes: each image behaves as told, any other is ready at once. */
export function imageRuntime(behaviours: Readonly<Record<string, ImageBehaviour>> = {}): ContainerRuntime {
  const starts = new Map<string, number>();
  return {
    async start({ image, namespace, pod, name }) {
      const {
        pullError,
        exitCode,
        exitAfter = 0,
        crashes = Infinity,
        ready = true,
        logs = '',
      } = behaviours[image] ?? {};
      if (pullError !== undefined) throw new ImagePullError(pullError);
      const key = `${namespace}/${pod}/${name}`;
      const count = (starts.get(key) ?? 0) + 1;
      starts.set(key, count);
      const begun = Date.now();
      const crashing = exitCode !== undefined && count <= crashes;
      const { promise: exited, resolve: exit } = Promise.withResolvers<number>();
      const timer = crashing ? setTimeout(() => exit(exitCode), exitAfter) : undefined;
      return {
        exited,
        ready: async () => !crashing && ready !== false && Date.now() - begun >= (ready === true ? 0 : ready),
        logs: () => logs,
        async stop() {
          clearTimeout(timer);
          exit(143);
        },
      };
    },
  };
}
