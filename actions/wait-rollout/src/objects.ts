import type { KubeObject } from '@delivery-actions/kube';

/** The parts of the cluster's objects that a verdict rests on. Any of them may be missing. */
export interface Condition {
  readonly type: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

interface PodTemplate {
  readonly spec?: { readonly containers?: readonly { readonly name: string; readonly image: string }[] };
}

interface ReplicaCounts {
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly conditions?: readonly Condition[];
}

export interface Deployment extends KubeObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly selector?: LabelSelector;
    readonly template?: PodTemplate;
  };
  readonly status?: ReplicaCounts & { readonly observedGeneration?: number };
}

/** argoproj.io/v1alpha1. */
export interface Rollout extends KubeObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly restartAt?: string;
    readonly templateResolvedFromRef?: boolean;
    readonly selector?: LabelSelector;
    readonly template?: PodTemplate;
    readonly strategy?: {
      readonly blueGreen?: object;
      readonly canary?: { readonly trafficRouting?: object };
    };
  };
  readonly status?: ReplicaCounts & {
    /** A number written as text, or a hash by controllers before 1.0. */
    readonly observedGeneration?: string;
    readonly workloadObservedGeneration?: string;
    readonly phase?: string;
    readonly message?: string;
    readonly controllerPause?: boolean;
    readonly pauseConditions?: readonly { readonly reason?: string }[];
    readonly restartedAt?: string;
    readonly stableRS?: string;
    readonly currentPodHash?: string;
    readonly blueGreen?: {
      readonly activeSelector?: string;
      readonly postPromotionAnalysisRunStatus?: { readonly status?: string };
    };
  };
}

export type WorkloadObject = Deployment | Rollout;

export type ReplicaSet = KubeObject;

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: Terminated;
}

export interface Terminated {
  readonly exitCode?: number;
  readonly reason?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

export interface ContainerStatus {
  readonly name: string;
  readonly image?: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

export interface Pod extends KubeObject {
  readonly spec?: { readonly containers?: readonly { readonly name: string; readonly image: string }[] };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly Condition[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}
