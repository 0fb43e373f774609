/** What stands where a value should be: texts of templates and examples, whole, in any letter case. */
const PLACEHOLDERS = [
  /^(?:change|replace|fill|update|set|edit)[-_ ]?(?:me|this|it)(?:[-_ ]?(?:now|please|in|later))?[!.]*$/,
  /^(?:todo|fixme|tbd|tba|placeholder|dummy|example|sample|test|secret|password|none|null|undefined|n\/a)$/,
  /^(?:your|my|insert|enter|put)[-_ ].*$/,
  /^(?:x{3,}|\*{3,}|\.{3,}|-{3,}|\?{3,}|0{6,}|123456\d*)$/,
  /^<[^<>]*>$/,
  /^(?:\$\{[^{}]*\}|\{\{[^{}]*\}\}|%[a-z_]+%)$/,
];

export function isPlaceholder(value: string): boolean {
  const text = value.trim().toLowerCase();
  return PLACEHOLDERS.some((placeholder) => placeholder.test(text));
}
