/** A word that Docker's shell lexer refuses, such as `${A` or `${A:?message}` without A. */
export class BadExpansion extends Error {
  override readonly name = 'BadExpansion';
}
