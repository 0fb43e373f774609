import { distance } from 'fastest-levenshtein';

/** The known name that was probably meant: at most a third of its letters differ. */
export function didYouMean(given: string, known: Iterable<string>): string | undefined {
  let best: { name: string; edits: number } | undefined;
  for (const name of known) {
    const edits = distance(given.toLowerCase(), name.toLowerCase());
    if (edits <= Math.max(1, Math.floor(name.length / 3)) && (best === undefined || edits < best.edits))
      best = { name, edits };
  }
  return best?.name;
}
