import type { Run } from '@delivery-actions/action-kit';
import { httpClient } from '@delivery-actions/http';
import { clusterAccess, kubeClient } from '@delivery-actions/kube';
import { type Recorded, runMain } from '@delivery-actions/testkit';
import { systemClock } from '@delivery-actions/waiting';
import { main } from '../src/main.ts';
import type { TestCluster } from './cluster.ts';

export interface WaitOptions {
  readonly workloads?: string;
  readonly timeout?: string;
  /** Milliseconds of a silent watch. */
  readonly idle?: number;
  readonly kubeconfig?: string;
  /** Called with each line of the log. */
  readonly onLine?: (line: string) => void;
}

/** The action in this process; the watch's idle time can be short here. */
export function wait(
  { kubeconfig }: TestCluster,
  { workloads = 'deployment/checkout', timeout = '30s', idle, onLine = () => {}, ...more }: WaitOptions = {},
): Promise<Recorded> {
  return runMain(
    'wait-rollout',
    (run: Run) =>
      main(
        {
          ...run,
          line(text) {
            run.line(text);
            onLine(text);
          },
        },
        {
          async cluster() {
            const access = await clusterAccess({
              path: more.kubeconfig ?? kubeconfig,
              env: {},
              home: '/nowhere',
              clock: systemClock,
              mask: run.mask,
            });
            return kubeClient({
              access,
              http: httpClient({ signal: run.signal }),
              clock: systemClock,
              limits: idle === undefined ? {} : { idle },
            });
          },
        },
      ),
    { inputs: { workloads, timeout } },
  );
}
