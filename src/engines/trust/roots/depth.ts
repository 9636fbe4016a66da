/** True where a JSON value has more levels of lists and objects than `most`; without recursion, which the value could end. */
export function deeper(value: unknown, most: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    const next: unknown[] = [];
    for (const each of level) {
      if (typeof each !== "object" || each === null) continue;
      if (depth >= most) return true;
      // One by one: a list of a million members is no list of arguments.
      for (const inner of Object.values(each)) next.push(inner);
    }
    level = next;
  }
  return false;
}
