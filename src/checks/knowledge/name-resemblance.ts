/** Names that are taken for others: an index over names that are known, and what of it a name resembles. Pure. */

export interface Resemblance {
  readonly popular: string;
  /** `one character differs`. */
  readonly how: string;
}

/** Shorter names are near too many others. */
const SHORTEST = 5;
/** No registry takes longer names (npm 214, of PyPI's none comes near). */
const LONGEST = 214;

/**
 * What finds the name of the list that another one resembles; a name of the list resembles none.
 *
 * Edit distance goes by deletions: two names are one edit apart where one is the other without a character, or both are
 * the same without one each, so a look-up takes as many steps as the name has characters, however long the list is.
 */
export function resemblanceIn(names: Iterable<string>): (name: string) => Resemblance | undefined {
  const known = new Set<string>();
  const without = new Map<string, string[]>();
  const joined = new Map<string, string>();
  const ordered = new Map<string, string>();
  const alike = new Map<string, string>();
  for (const name of names) {
    known.add(name);
    if (name.length < SHORTEST) continue;
    for (const shorter of deletions(name)) {
      const others = without.get(shorter);
      if (others === undefined) without.set(shorter, [name]);
      else others.push(name);
    }
    setFirst(joined, joinedForm(name), name);
    setFirst(alike, lookForm(name), name);
    const words = wordForm(name);
    if (words !== undefined) setFirst(ordered, words, name);
  }
  return (name) => {
    if (name.length < SHORTEST || name.length > LONGEST || known.has(name)) return undefined;
    const found = (popular: string | undefined, how: string): Resemblance | undefined =>
      popular === undefined || popular === name ? undefined : { popular, how };
    const words = wordForm(name);
    return (
      found(sameScopeOr(joined.get(joinedForm(name)), name), "separators or a scope differ") ??
      found(alike.get(lookForm(name)), "characters that look alike") ??
      (words === undefined ? undefined : found(ordered.get(words), "the same words in another order")) ??
      editOf(name, known, without)
    );
  };
}

/** A scope belongs to somebody: a popular name in another one's scope is nobody's slip of the keyboard. */
function sameScopeOr(popular: string | undefined, name: string): string | undefined {
  return name.startsWith("@") && popular?.startsWith("@") !== true ? undefined : popular;
}

function setFirst(map: Map<string, string>, key: string, name: string): void {
  if (!map.has(key)) map.set(key, name);
}

function editOf(
  name: string,
  known: ReadonlySet<string>,
  without: ReadonlyMap<string, readonly string[]>,
): Resemblance | undefined {
  const [longer] = without.get(name) ?? [];
  if (longer !== undefined) return { popular: longer, how: "one character is missing" };
  for (const shorter of deletions(name)) {
    if (shorter.length >= SHORTEST && known.has(shorter)) return { popular: shorter, how: "one character more" };
  }
  for (const shorter of deletions(name)) {
    for (const popular of without.get(shorter) ?? []) {
      if (popular.length !== name.length) continue;
      const how = differenceOf(name, popular);
      if (how !== undefined) return { popular, how };
    }
  }
  return undefined;
}

/** Of two names of one length: one other character, or two neighbors exchanged. */
function differenceOf(a: string, b: string): string | undefined {
  let first = -1;
  let last = -1;
  let count = 0;
  for (let at = 0; at < a.length; at++) {
    if (a[at] === b[at]) continue;
    if (first < 0) first = at;
    last = at;
    count++;
  }
  if (count === 1) return "one character differs";
  const exchanged = count === 2 && last === first + 1 && a[first] === b[last] && a[last] === b[first];
  return exchanged ? "two characters are exchanged" : undefined;
}

function deletions(name: string): string[] {
  return Array.from(name, (_, at) => name.slice(0, at) + name.slice(at + 1));
}

function joinedForm(name: string): string {
  return name.replace(/[-_.@/]/g, "").toLowerCase();
}

/** Characters that fonts make alike, each class as one. */
function lookForm(name: string): string {
  return name.toLowerCase().replaceAll("rn", "m").replaceAll("vv", "w").replace(/[1i|]/g, "l").replaceAll("0", "o");
}

/** Sorted; undefined of one word, and of names in a scope. */
function wordForm(name: string): string | undefined {
  if (name.startsWith("@")) return undefined;
  const words = name.toLowerCase().split(/[-_.]/);
  return words.length === 1 ? undefined : words.sort().join("-");
}
