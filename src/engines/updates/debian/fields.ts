/** Small files of deb822(5) with values of several lines: sources and Release. Names in lower case. */
export type Fields = ReadonlyMap<string, string>;

/** Stanzas of `Name: value` with continued lines, joined by LF; a line that is neither is passed over. */
export function readFields(text: string): Fields[] {
  const stanzas: Map<string, string>[] = [];
  let current: Map<string, string> | undefined;
  let name: string | undefined;
  let lines: string[] = [];
  const close = () => {
    if (name !== undefined && current !== undefined && !current.has(name)) current.set(name, lines.join("\n").trim());
    name = undefined;
    lines = [];
  };
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) continue;
    if (line.trim() === "") {
      close();
      current = undefined;
    } else if (line.startsWith(" ") || line.startsWith("\t")) lines.push(line.trim());
    else {
      close();
      const colon = line.indexOf(":");
      if (colon <= 0) continue;
      if (current === undefined) {
        current = new Map();
        stanzas.push(current);
      }
      name = line.slice(0, colon).trim().toLowerCase();
      lines = [line.slice(colon + 1).trim()];
    }
  }
  close();
  return stanzas;
}

export function words(text: string | undefined): string[] {
  return (text ?? "").split(/[ \t\n]/).filter((word) => word !== "");
}
