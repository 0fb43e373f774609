import type { Condition, ContainerStatus, Pod, Terminated } from './objects.ts';

/** Something that keeps a pod from being ready. */
export interface Trouble {
  readonly kind: 'image' | 'crash' | 'config' | 'unscheduled' | 'starting' | 'not-ready';
  /**
   * `sure`: no waiting helps. `unless-it-passes`: it may heal by itself within moments, and is believed after a while.
   * `no`: it explains why the pod is not ready, and may go on as long as it likes.
   */
  readonly fatal: 'sure' | 'unless-it-passes' | 'no';
  readonly pod: string;
  readonly container?: string;
  readonly image?: string;
  /** One word, the cluster's own where it has one: `ErrImagePull`, `CrashLoopBackOff`, `Unschedulable`. */
  readonly reason: string;
  /** A sentence without its subject. */
  readonly message: string;
  /** When the pod stopped being ready, RFC 3339. */
  readonly since?: string;
}

/** How often a container ends before it counts as one that keeps crashing: a pod may well need a second start. */
const CRASHES = 3;
/** After a run this long the kubelet starts its backoff anew (kubernetes, `MaxContainerBackOff` twice over). */
const LONG_RUN = 600_000;

/** Reasons of the kubelet about images (k8s.io/cri-api errors, pkg/kubelet/images). */
const IMAGE_REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);
const HOPELESS_IMAGE_REASONS = new Set(['InvalidImageName', 'ErrImageNeverPull', 'SignatureValidationFailed']);
/** What a registry says of an image that is not there, or not for us. In words: numbers may be parts of a tag. */
const HOPELESS_PULL =
  /not found|manifest unknown|name unknown|does not exist|no such manifest|denied|unauthorized|forbidden|authentication required|no basic auth credentials|invalid reference format|no match for platform|no matching manifest/i;
/** And of one that it may well give later. */
const PASSING_PULL =
  /toomanyrequests|too many requests|rate limit|quota exceeded|internal server error|bad gateway|service unavailable|gateway time-?out|no such host|connection refused|connection reset|i\/o timeout|timed out|deadline exceeded|temporary failure|unexpected EOF/i;
/** Shopify/krane#886: the kubelet's own caches, which fill by themselves. */
const PASSING_CONFIG = /failed to sync .* cache/i;
const STARTING = new Set(['ContainerCreating', 'PodInitializing']);

/** What keeps this pod from being ready, worst first; nothing when it is ready. */
export function podTroubles(pod: Pod): readonly Trouble[] {
  const { status = {}, metadata } = pod;
  const ready = condition(pod, 'Ready');
  // Pods that a node threw out are replaced by the controller, and finished ones have nothing left to do.
  if (ready?.status === 'True' || status.phase === 'Failed' || status.phase === 'Succeeded') return [];
  const since = ready?.lastTransitionTime ?? metadata.creationTimestamp;
  const about = { pod: metadata.name, ...(since === undefined ? {} : { since }) };
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const troubles = containers.flatMap((container) => {
    const trouble = containerTrouble(container);
    return trouble === undefined ? [] : [{ ...about, container: container.name, ...trouble }];
  });
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.status === 'False') {
    const reason = scheduled.reason ?? 'Unschedulable';
    troubles.push({
      ...about,
      container: '',
      kind: 'unscheduled',
      fatal: 'no',
      reason,
      message: scheduled.message ?? 'no node takes it',
    });
  }
  if (troubles.length === 0) {
    const reason = ready?.reason ?? 'Pending';
    troubles.push({
      ...about,
      container: '',
      kind: 'starting',
      fatal: 'no',
      reason,
      message: ready?.message ?? 'not started yet',
    });
  }
  const rank = { sure: 0, 'unless-it-passes': 1, no: 2 };
  return troubles.sort((a, b) => rank[a.fatal] - rank[b.fatal]).map(withoutEmptyContainer);
}

type Found = Pick<Trouble, 'kind' | 'fatal' | 'reason' | 'message' | 'image'>;

function containerTrouble({
  name,
  image,
  ready,
  restartCount = 0,
  state = {},
  lastState = {},
}: ContainerStatus): Found | undefined {
  const { waiting, terminated, running } = state;
  const ofImage = image === undefined ? {} : { image };
  const reason = waiting?.reason ?? '';
  const said = waiting?.message ?? '';
  if (ready === true || terminated?.exitCode === 0) return undefined;
  if (IMAGE_REASONS.has(reason)) {
    const cause = said.replace(/^Back-off pulling image "[^"]*"(?:: ErrImagePull: )?/, '').trim();
    const hopeless = HOPELESS_IMAGE_REASONS.has(reason) || neverPulled(cause, image);
    const message = `image "${image ?? '?'}" cannot be pulled${cause === '' ? '' : `: ${cause}`}`;
    return { kind: 'image', fatal: hopeless ? 'sure' : 'no', reason, message, ...ofImage };
  }
  if (reason === 'CreateContainerConfigError') {
    const message = `its configuration is not complete: ${said}`;
    return {
      kind: 'config',
      fatal: PASSING_CONFIG.test(said) ? 'no' : 'unless-it-passes',
      reason,
      message,
      ...ofImage,
    };
  }
  const ended = terminated ?? lastState.terminated;
  if (ended !== undefined && ended.exitCode !== 0 && (terminated !== undefined || reason === 'CrashLoopBackOff')) {
    const keeps = restartCount >= CRASHES && !ranLong(ended);
    const times = restartCount === 1 ? '1 restart' : `${restartCount} restarts`;
    const message = `${keeps ? 'keeps crashing' : 'crashed'} (exit code ${ended.exitCode}${killed(ended)}, ${times})`;
    return {
      kind: 'crash',
      fatal: keeps ? 'sure' : 'no',
      reason: waiting?.reason ?? ended.reason ?? 'Error',
      message,
      ...ofImage,
    };
  }
  if (running !== undefined) {
    const again =
      restartCount > 0
        ? ` (${restartCount} restarts${ended === undefined ? '' : `, last exit code ${ended.exitCode}`})`
        : '';
    return {
      kind: 'not-ready',
      fatal: 'no',
      reason: 'NotReady',
      message: `runs, but its readiness probe does not succeed${again}`,
      ...ofImage,
    };
  }
  if (reason === '' || STARTING.has(reason)) {
    return { kind: 'starting', fatal: 'no', reason: reason || 'Pending', message: 'is being created', ...ofImage };
  }
  return { kind: 'starting', fatal: 'no', reason, message: said === '' ? `waits in ${name}` : said, ...ofImage };
}

/** Names of images are no part of the sentence: one may be called "denied". */
function neverPulled(cause: string, image = ''): boolean {
  const words = (image === '' ? cause : cause.replaceAll(image, '')).replace(/"[^"]*"/g, '');
  return HOPELESS_PULL.test(words) && !PASSING_PULL.test(words);
}

function killed({ reason }: Terminated): string {
  return reason === 'OOMKilled' ? ', killed for using too much memory' : '';
}

function ranLong({ startedAt = '', finishedAt = '' }: Terminated): boolean {
  return Date.parse(finishedAt) - Date.parse(startedAt) >= LONG_RUN;
}

function condition(pod: Pod, type: string): Condition | undefined {
  return pod.status?.conditions?.find((each) => each.type === type);
}

function withoutEmptyContainer({ container, ...rest }: Trouble & { container: string }): Trouble {
  return container === '' ? rest : { ...rest, container };
}
