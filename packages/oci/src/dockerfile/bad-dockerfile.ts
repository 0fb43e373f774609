/** A Dockerfile that cannot be read, or an image in it that cannot be told; with the line, counted from 1. */
export class BadDockerfile extends Error {
  override readonly name = 'BadDockerfile';
  readonly line: number;
  /** What to change. */
  readonly hint: string | undefined;

  constructor(line: number, message: string, hint?: string) {
    super(message);
    this.line = line;
    this.hint = hint;
  }
}
