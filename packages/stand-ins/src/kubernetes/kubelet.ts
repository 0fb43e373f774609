import { EVENTS, PODS } from './kinds.ts';
import {
  type Condition,
  type Container,
  type ContainerState,
  type ContainerStatus,
  type Pod,
  timestamp,
} from './objects.ts';
import { type ContainerRuntime, ImagePullError, type RunningContainer } from './runtime.ts';
import type { Store } from './store.ts';

export interface KubeletOptions {
  readonly runtime: ContainerRuntime;
  /** Milliseconds between two asks of a readiness probe. */
  readonly readinessPeriod: number;
  /** Milliseconds before the second restart; doubles with each, up to 16 times. The real one has 10 s. */
  readonly crashBackoff: number;
  /** Milliseconds between two pulls. */
  readonly pullBackoff: number;
  /** Whether ImagePullBackOff repeats the pull's message, as kubelets since 1.32 do. */
  readonly pullCauseKept: boolean;
}

export interface Kubelet {
  /** The container of a pod that runs now or ran last; with `previous`, the last one that has ended. */
  container(namespace: string, pod: string, name: string, previous?: boolean): RunningContainer | undefined;
  /** Ends all containers. */
  close(): Promise<void>;
}

interface Run {
  readonly running: Map<string, RunningContainer>;
  readonly previous: Map<string, RunningContainer>;
  readonly ended: AbortController;
  readonly statuses: ContainerStatus[];
}

/** Runs the containers of every pod and writes the pods' status as a kubelet does. */
export function startKubelet(store: Store, options: KubeletOptions): Kubelet {
  const runs = new Map<string, Run>();
  const loops = new Set<Promise<void>>();
  let closed = false;
  const keyOf = ({ metadata }: Pod) => `${metadata.namespace}/${metadata.name}`;

  const unsubscribe = store.subscribe(({ type, kind, object }) => {
    if (kind !== PODS || closed) return;
    const pod = object as Pod;
    if (type === 'ADDED') setImmediate(() => begin(pod));
    else if (type === 'MODIFIED' && pod.metadata.deletionTimestamp !== undefined) void end(pod);
  });

  function begin(pod: Pod): void {
    if (
      closed ||
      store.find(PODS, pod.metadata.namespace ?? '', pod.metadata.name)?.metadata.deletionTimestamp !== undefined
    )
      return;
    const statuses = pod.spec.containers.map(({ name, image }): ContainerStatus => {
      const state = { waiting: { reason: 'ContainerCreating' } };
      return { name, image, imageID: '', ready: false, started: false, restartCount: 0, state, lastState: {} };
    });
    const run: Run = { running: new Map(), previous: new Map(), ended: new AbortController(), statuses };
    runs.set(keyOf(pod), run);
    writeStatus(pod, run);
    pod.spec.containers.forEach((container, index) => {
      const loop = keepRunning(pod, container, run, index).finally(() => loops.delete(loop));
      loops.add(loop);
    });
  }

  async function end(pod: Pod): Promise<void> {
    const run = runs.get(keyOf(pod));
    runs.delete(keyOf(pod));
    run?.ended.abort();
    await Promise.all([...(run?.running.values() ?? [])].map((container) => container.stop()));
    if (store.find<Pod>(PODS, pod.metadata.namespace ?? '', pod.metadata.name)?.metadata.uid === pod.metadata.uid) {
      store.remove(PODS, pod.metadata.namespace ?? '', pod.metadata.name);
    }
  }

  /** One container of a pod, started again and again until the pod ends. */
  async function keepRunning(pod: Pod, container: Container, run: Run, index: number): Promise<void> {
    const { signal } = run.ended;
    const set = (change: Partial<ContainerStatus>) => {
      if (signal.aborted) return;
      run.statuses[index] = { ...(run.statuses[index] as ContainerStatus), ...change };
      writeStatus(pod, run);
    };
    for (let restart = 0; !signal.aborted; restart += 1) {
      const running = await started(pod, container, signal, set);
      if (running === undefined) return;
      if (signal.aborted) return void (await running.stop());
      const startedAt = timestamp();
      run.running.set(container.name, running);
      set({ state: { running: { startedAt } }, started: true, restartCount: restart, imageID: container.image });
      void probed(running, signal, () => set({ ready: true }));
      const exit = await running.exited;
      const terminated = {
        exitCode: exit,
        reason: exit === 0 ? 'Completed' : exit === 137 ? 'OOMKilled' : 'Error',
        startedAt,
        finishedAt: timestamp(),
      };
      run.previous.set(container.name, running);
      run.running.delete(container.name);
      set({ state: { terminated }, ready: false, started: false });
      if (restart > 0) {
        const backoff = options.crashBackoff * 2 ** Math.min(4, restart - 1);
        const message = `back-off ${10 * 2 ** Math.min(5, restart - 1)}s restarting failed container=${container.name} pod=${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
        set({ state: { waiting: { reason: 'CrashLoopBackOff', message } }, lastState: { terminated } });
        record(
          pod,
          'Warning',
          'BackOff',
          `Back-off restarting failed container ${container.name} in pod ${pod.metadata.name}`,
          signal,
        );
        await pause(backoff, signal);
      } else {
        await pause(1, signal);
        set({ lastState: { terminated } });
      }
    }
  }

  async function started(
    pod: Pod,
    container: Container,
    signal: AbortSignal,
    set: (change: Partial<ContainerStatus>) => void,
  ) {
    const { name, image, env = [] } = container;
    const waiting = (reason: string, message: string): { state: ContainerState } => ({
      state: { waiting: { reason, message } },
    });
    while (!signal.aborted) {
      try {
        return await options.runtime.start({
          image,
          name,
          namespace: pod.metadata.namespace ?? 'default',
          pod: pod.metadata.name,
          env: Object.fromEntries(env.map((each) => [each.name, each.value ?? ''])),
        });
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (error instanceof ImagePullError) {
          record(pod, 'Warning', 'Failed', `Failed to pull image "${image}": ${message}`, signal);
          set(waiting('ErrImagePull', message));
          await pause(options.pullBackoff / 4, signal);
          const cause = options.pullCauseKept ? `: ErrImagePull: ${message}` : '';
          set(waiting('ImagePullBackOff', `Back-off pulling image "${image}"${cause}`));
        } else {
          record(pod, 'Warning', 'Failed', `Error: ${message}`, signal);
          set(waiting('CreateContainerError', message));
        }
        await pause(options.pullBackoff, signal);
      }
    }
    return undefined;
  }

  async function probed(container: RunningContainer, signal: AbortSignal, ready: () => void): Promise<void> {
    let exited = false;
    void container.exited.then(() => {
      exited = true;
    });
    while (!signal.aborted && !exited) {
      const answer = await container.ready().catch(() => false);
      if (answer && !exited) return ready();
      await pause(options.readinessPeriod, signal);
    }
  }

  function writeStatus(pod: Pod, { statuses }: Run): void {
    const { namespace = '', name, uid } = pod.metadata;
    const present = store.find<Pod>(PODS, namespace, name);
    if (present === undefined || present.metadata.uid !== uid || present.metadata.deletionTimestamp !== undefined)
      return;
    const ready = statuses.every((status) => status.ready);
    const waiting = statuses.filter((status) => !status.ready).map((status) => status.name);
    const because = ready
      ? {}
      : { reason: 'ContainersNotReady', message: `containers with unready status: [${waiting.join(' ')}]` };
    const condition = (type: string, is: boolean, details = {}): Condition => {
      const before = present.status?.conditions?.find((each) => each.type === type);
      const status = is ? 'True' : 'False';
      const since = before?.status === status ? (before.lastTransitionTime ?? timestamp()) : timestamp();
      return { type, status, ...details, lastTransitionTime: since };
    };
    const begun = statuses.some(({ state, lastState }) => state.running ?? state.terminated ?? lastState.terminated);
    store.updateStatus(PODS, {
      ...present,
      status: {
        phase: begun ? 'Running' : 'Pending',
        startTime: present.status?.startTime ?? timestamp(),
        conditions: [
          condition('PodScheduled', true),
          condition('Initialized', true),
          condition('ContainersReady', ready, because),
          condition('Ready', ready, because),
        ],
        containerStatuses: structuredClone(statuses),
      },
    });
  }

  function record(pod: Pod, type: string, reason: string, message: string, signal: AbortSignal): void {
    if (signal.aborted) return;
    const { namespace = '', name, uid } = pod.metadata;
    const now = timestamp();
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${store.version.toString(16)}`, namespace },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name, uid },
      type,
      reason,
      message,
      source: { component: 'kubelet' },
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
    };
    store.create(EVENTS, event);
  }

  return {
    container(namespace, pod, name, previous = false) {
      const run = runs.get(`${namespace}/${pod}`);
      return previous ? run?.previous.get(name) : (run?.running.get(name) ?? run?.previous.get(name));
    },
    async close() {
      closed = true;
      unsubscribe();
      const all = [...runs.values()];
      for (const run of all) run.ended.abort();
      await Promise.all(all.flatMap((run) => [...run.running.values()]).map((container) => container.stop()));
      await Promise.all(loops);
    },
  };
}

/** Resolves after that long, or at once when the pod ends. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}
