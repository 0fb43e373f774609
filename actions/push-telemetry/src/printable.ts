/** What reorders or hides text around it, or moves the cursor: control and format characters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
const LONGEST = 120;

/** A name from outside (of a branch, a workflow, a job) as one short line that shows nothing but itself. */
export function printable(name: string): string {
  const line = name.toWellFormed().replace(/\s+/g, ' ').replace(INVISIBLE, '\u{FFFD}').trim();
  const characters = [...line];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}…` : line;
}
