import type { KubeObject, LabelSelector } from './objects.ts';

type Labels = Readonly<Record<string, string>>;

/** `app=checkout,tier in (web,api),!legacy,track!=canary`: the query form of a label selector. */
export function matchesLabelQuery(labels: Labels, query: string): boolean {
  return query.split(/,(?![^(]*\))/).every((term) => {
    const text = term.trim();
    if (text === '') return true;
    const [, key = '', operator, list = ''] = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text) ?? [];
    if (operator !== undefined) {
      const values = list.split(',').map((value) => value.trim());
      return (operator === 'in') === values.includes(labels[key] ?? '\0');
    }
    const [, name = '', sign, value = ''] = /^([^=!\s]+)\s*(==|=|!=)\s*(.*)$/.exec(text) ?? [];
    if (sign !== undefined) return (sign === '!=') !== (labels[name] === value);
    return text.startsWith('!') ? !(text.slice(1) in labels) : text in labels;
  });
}

export function matchesSelector(labels: Labels, { matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      return (operator === 'In') === (value !== undefined && values.includes(value));
    })
  );
}

/** `metadata.name=checkout,involvedObject.uid=...`: any path that the object has. */
export function matchesFieldQuery(object: KubeObject, query: string): boolean {
  return query
    .split(',')
    .filter((term) => term.trim() !== '')
    .every((term) => {
      const [, path = '', sign, value] = /^([^=!]+)(==|=|!=)(.*)$/.exec(term.trim()) ?? [];
      return (sign === '!=') !== (String(at(object, path) ?? '') === value);
    });
}

function at(object: unknown, path: string): unknown {
  let value = object;
  for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  return value;
}
