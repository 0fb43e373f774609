import type { Agent } from 'node:http';
import type { Duplex } from 'node:stream';

/** Milliseconds. Longer than the pauses inside of a burst, shorter than what servers wait before they close. */
const IDLE = 1_000;

/** The connections that one client keeps. An idle one never keeps the process alive. */
export interface Pool {
  /** Of `node:http` or `node:https`, whose own keys hold host, port and all that the TLS options say; `route` is the rest. */
  agent(Base: typeof Agent, route: string): Agent;
  /** It may be kept, once the answer that comes on it has been read to its end. */
  keep(connection: Duplex): void;
}

/** `signal` closes them all. */
export function connectionPool(signal: AbortSignal | undefined): Pool {
  const agents = new Map<string, Agent>();
  const good = new WeakSet<Duplex>();
  signal?.addEventListener('abort', () => {
    for (const agent of agents.values()) agent.destroy();
  });

  function keeping(Base: typeof Agent): Agent {
    class Keeping extends Base {
      // Node gives this option only to requests without an agent.
      override createConnection(...[options, done]: Parameters<Agent['createConnection']>) {
        if (options.createConnection === undefined || done === undefined) return super.createConnection(options, done);
        return options.createConnection(options, done);
      }
      // False closes it, as Node's own does when the server has announced to close it soon; @types/node does not say so.
      override keepSocketAlive(connection: Duplex): boolean {
        return good.delete(connection) && (super.keepSocketAlive(connection) as unknown) !== false;
      }
    }
    // A resumed session would not show the server's certificate of today.
    const options = { keepAlive: true, timeout: IDLE, maxFreeSockets: Number.POSITIVE_INFINITY, maxCachedSessions: 0 };
    return new Keeping(options);
  }

  return {
    agent(Base, route) {
      const agent = agents.get(route) ?? keeping(Base);
      agents.set(route, agent);
      return agent;
    },
    keep: (connection) => void good.add(connection),
  };
}
