/** One step of a pattern: a character that stands for itself, or one of the four wildcards. */
type Token = { readonly kind: "character"; readonly character: string } | { readonly kind: Wildcard };
type Wildcard = "any-character" | "within-folder" | "across-folders" | "folders";

/**
 * Compiles a path pattern: `*` stands for any run of characters but `/`, `**` for any run, `**` + `/` at the start of
 * a component for any run of whole folders (also none), `?` for one character but `/`. There is no escape; every other
 * character stands for itself.
 *
 * A policy may be an attacker's: the match keeps the set of reachable places in the text and never backtracks, so its
 * time is at most pattern × text, whatever the two contain.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  const wildcard = pattern.search(/[*?]/);
  if (wildcard < 0) return (text) => text === pattern;
  const start = pattern.slice(0, wildcard);
  const tokens = tokenise(pattern);
  return (text) => {
    // Most texts that a policy's patterns are held against begin otherwise.
    if (!text.startsWith(start)) return false;
    const characters = Array.from(text);
    let reachable: Uint8Array | undefined = new Uint8Array(characters.length + 1);
    reachable[0] = 1;
    for (const token of tokens) {
      reachable = advance(token, reachable, characters);
      if (reachable === undefined) return false;
    }
    return reachable[characters.length] === 1;
  };
}

function tokenise(pattern: string): Token[] {
  const characters = Array.from(pattern);
  const tokens: Token[] = [];
  let startsComponent = true;
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] as string;
    if (character === "*" && characters[i + 1] === "*") {
      const folders: boolean = startsComponent && characters[i + 2] === "/";
      tokens.push({ kind: folders ? "folders" : "across-folders" });
      i += folders ? 2 : 1;
      startsComponent = folders;
      continue;
    }
    if (character === "*") tokens.push({ kind: "within-folder" });
    else if (character === "?") tokens.push({ kind: "any-character" });
    else tokens.push({ kind: "character", character });
    startsComponent = character === "/";
  }
  return tokens;
}

/** The places reachable after one more token; undefined where there are none. Place i is before character i. */
function advance(token: Token, from: Uint8Array, characters: readonly string[]): Uint8Array | undefined {
  const to = new Uint8Array(from.length);
  let any = false;
  /** A reachable place at or before this one, and for `within-folder` one in the same folder. */
  let open = false;
  for (let place = 0; place < from.length; place++) {
    const previous = place === 0 ? undefined : characters[place - 1];
    let reached: boolean;
    switch (token.kind) {
      case "character":
        reached = previous === token.character && from[place - 1] === 1;
        break;
      case "any-character":
        reached = previous !== undefined && previous !== "/" && from[place - 1] === 1;
        break;
      case "within-folder":
        open = from[place] === 1 || (open && previous !== "/");
        reached = open;
        break;
      case "across-folders":
        open ||= from[place] === 1;
        reached = open;
        break;
      case "folders":
        reached = from[place] === 1 || (open && previous === "/");
        open ||= from[place] === 1;
        break;
    }
    if (reached) {
      to[place] = 1;
      any = true;
    }
  }
  return any ? to : undefined;
}
