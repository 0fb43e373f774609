/** Calls back once for each object that was added, in a later turn, however often it was added until then. */
export interface WorkQueue {
  add(namespace: string, name: string): void;
  close(): void;
}

export function workQueue(work: (namespace: string, name: string) => void): WorkQueue {
  const waiting = new Map<string, [string, string]>();
  let turn: NodeJS.Immediate | undefined;
  function next(): void {
    turn = undefined;
    const items = [...waiting.values()];
    waiting.clear();
    for (const [namespace, name] of items) work(namespace, name);
  }
  return {
    add(namespace, name) {
      waiting.set(`${namespace}/${name}`, [namespace, name]);
      turn ??= setImmediate(next);
    },
    close: () => clearImmediate(turn),
  };
}
