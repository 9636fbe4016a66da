/** Patterns in which `*` stands for any run of characters, and `?` for one: of names, and of images without a folder. */
export function wildcard(pattern: string, name: string): boolean {
  // Greedy, and back to the last star alone: at most pattern times name.
  let at = 0;
  let star = -1;
  let resumed = 0;
  let index = 0;
  while (index < name.length) {
    const one = pattern[at];
    if (one === "*") {
      star = at++;
      resumed = index;
    } else if (one !== undefined && (one === "?" || one === name[index])) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resumed;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}

/** Whether a pattern leaves no image out: `*`, `**`, `*:*`, with one for the registry, the tag or the digest. */
export function isEveryImage(pattern: string): boolean {
  return /^\*{1,2}(?:\/\*{1,2})*(?::\*)?$/.test(pattern);
}
