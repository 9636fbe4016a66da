/**
 * The beginning of a text that is too long, with a mark where it is cut: a copy, since a part of a text keeps all of it in
 * memory.
 */
export function beginning(text: string, most: number): string {
  return text.length <= most ? text : `${Buffer.from(text.slice(0, most), "utf8").toString("utf8")}…`;
}
