import type { VaultObstacle } from './vault-check.ts';

/** Ends the asking for one secret: its message is a clause such as "Vault is sealed", for people. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
  readonly obstacle: VaultObstacle;
  /** What the next command is about: a mount, a role. */
  readonly about: string | undefined;

  constructor(obstacle: VaultObstacle, message: string, about?: string) {
    super(message);
    this.obstacle = obstacle;
    this.about = about;
  }
}
