import { appendFileSync } from 'node:fs';
import { EOL } from 'node:os';

/**
 * One value in the runner's file format (GitHub docs, "Workflow commands", multiline strings). @actions/core ends it with a
 * random word, and loads all of WebCrypto for that, which takes 4 ms; a word that the value does not have is as safe.
 */
export function appendValue(path: string, name: string, value: string): void {
  let end = 'ghadelimiter_';
  do end += '_';
  while (value.includes(end));
  appendFileSync(path, `${name}<<${end}${EOL}${value}${EOL}${end}${EOL}`);
}
