/**
 * A list's item or an exception's value as it goes into a condition's text. Upstream puts quotes around what holds a blank
 * and does not begin with a quote; here also around what could not be one value otherwise (`a=b`, `f(x)`, nothing at all).
 *
 * @param several - the text may be several values (`a, b`), as upstream takes it where a list is asked for
 */
export function quoteItem(item: string, several = false): string {
  if (/^["']/.test(item) || isOperand(item)) return item;
  if (item.includes(" ") && !several) return quoted(item);
  if (several && !/["'()=]/.test(item)) return item;
  return /^[^()"'\s=,]+$/.test(item) ? item : quoted(item);
}

/** A transformer or `val(…)`: stands for a value, and is none. */
function isOperand(item: string): boolean {
  return /^(?:val|tolower|toupper|b64|basename|len|join|concat|getopt)\(.*\)$/.test(item) || item.startsWith("(");
}

/** Backslashes are left: they mean what they mean in a condition. */
function quoted(item: string): string {
  return `"${item.replace(/(?<!\\)"/g, '\\"')}"`;
}
