/** Ends the asking for one secret: its message is a clause such as "Vault is sealed", for people. */
export class Unanswered<Cause extends string> extends Error {
  override readonly name = 'Unanswered';
  readonly obstacle: Cause;
  /** What the next command is about: a mount, a role, a project. */
  readonly about: string | undefined;

  constructor(obstacle: Cause, message: string, about?: string) {
    super(message);
    this.obstacle = obstacle;
    this.about = about;
  }
}
