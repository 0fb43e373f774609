export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** The workflow commands `::error file=a,line=1::text` of a log, decoded as the runner decodes them. */
export function parseAnnotations(log: string): Annotation[] {
  return [...log.matchAll(/^[^\S\r\n]*::(error|warning|notice)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/gm)].map(
    ([, level, properties = '', message = '']) => {
      const found = new Map(
        properties
          .split(',')
          .filter(Boolean)
          .map((pair) => {
            const [key = '', ...value] = pair.split('=');
            return [key, decode(value.join('='))];
          }),
      );
      const number = (key: string) =>
        found.has(key) ? { [key === 'col' ? 'column' : key]: Number(found.get(key)) } : {};
      const text = (key: string) => (found.has(key) ? { [key]: found.get(key) } : {});
      return {
        level: level as Annotation['level'],
        message: decode(message),
        ...text('title'),
        ...text('file'),
        ...number('line'),
        ...number('col'),
      };
    },
  );
}

/** Undoes the escaping of a workflow command (@actions/core, command.ts). */
export function decode(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
}
