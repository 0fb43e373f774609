/** What CHANGELOG.md says of a version: the text under its heading `## X.Y.Z`; undefined when it says nothing. */
export function changesOf(changelog: string, version: string): string | undefined {
  const lines = changelog.split('\n');
  const start = lines.findIndex((line) => line.startsWith('## ') && line.slice(3).split(' ')[0] === version);
  if (start < 0) return undefined;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith('## '));
  return (
    rest
      .slice(0, end < 0 ? rest.length : end)
      .join('\n')
      .trim() || undefined
  );
}
