import { request as send } from 'node:http';
import { type Exchange, listen, type StandIn } from '../loopback.ts';
import { PODS, SERVICES } from './kinds.ts';
import type { Kubelet } from './kubelet.ts';
import type { Pod, Service } from './objects.ts';
import { isReady } from './replicaset-controller.ts';
import { matchesSelector } from './selectors.ts';
import type { Store } from './store.ts';

/** A stable address of a Service: forwards each request to its ready pods in turn, 503 when there is none. */
export async function serviceProxy(store: Store, kubelet: Kubelet, namespace: string, name: string): Promise<StandIn> {
  let turn = 0;

  function addresses(): { host: string; port: number }[] {
    const selector = store.find<Service>(SERVICES, namespace, name)?.spec.selector;
    if (selector === undefined) return [];
    return store
      .list<Pod>(PODS, namespace)
      .filter((pod) => isReady(pod) && matchesSelector(pod.metadata.labels ?? {}, { matchLabels: selector }))
      .flatMap((pod) =>
        pod.spec.containers.map(
          (container) => kubelet.container(namespace, pod.metadata.name, container.name)?.address,
        ),
      )
      .filter((address) => address !== undefined);
  }

  return listen(({ method, url, request, body, response }: Exchange) => {
    const ready = addresses();
    const address = ready[turn++ % Math.max(1, ready.length)];
    if (address === undefined) {
      response.writeHead(503, { 'content-type': 'text/plain' }).end(`no endpoints available for service "${name}"\n`);
      return;
    }
    const forwarded = send(
      { ...address, method, path: `${url.pathname}${url.search}`, headers: request.headers, agent: false },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    forwarded.once('error', (error) => {
      if (!response.headersSent) response.writeHead(502, { 'content-type': 'text/plain' });
      response.end(`${error.message}\n`);
    });
    forwarded.end(body);
  });
}
