/**
 * A pure function of a text that is asked of the same few thousand again and again: each answer is made once. Where there
 * would be more than `limit` it begins anew. `undefined` is an answer as well.
 */
export function perText<Value>(limit: number, answer: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined || known.has(text)) return found as Value;
    if (known.size >= limit) known.clear();
    const made = answer(text);
    known.set(text, made);
    return made;
  };
}
