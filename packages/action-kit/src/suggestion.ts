import { distance } from 'fastest-levenshtein';

/** The known name that was probably meant: at most a third of its letters differ. */
export function didYouMean(given: string, known: Iterable<string>): string | undefined {
  let best: { name: string; edits: number } | undefined;
  for (const name of known) {
    const [one, other] = [given.toLowerCase(), name.toLowerCase()];
    const edits = isSwap(one, other) ? 1 : distance(one, other);
    if (edits <= Math.max(1, Math.floor(name.length / 3)) && (best === undefined || edits < best.edits))
      best = { name, edits };
  }
  return best?.name;
}

/** Two neighbours that changed places are one slip, which the distance counts as two: `resue`. */
function isSwap(one: string, other: string): boolean {
  const at = [...one].findIndex((letter, index) => letter !== other[index]);
  return at >= 0 && one === `${other.slice(0, at)}${other[at + 1]}${other[at]}${other.slice(at + 2)}`;
}
