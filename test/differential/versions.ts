/** What the differentials of versions have in common: pairs of versions, parted by a tab, and lines for answers. */
import { spawn } from "node:child_process";
import type { Reading } from "./differential.ts";
import type { Random } from "./random.ts";

const PIECES = [
  ...["0", "1", "2", "10", "007", "1.0", "20240101", "99999999999999999999"],
  ...[".", "~", "+", "a", "Z", "rc", "el9", "deb12u1", "~~", "..", "git"],
] as const;
/** In few versions: not each scheme has them. */
const ODD = ["^", "-", "_", ":", "\u00e4", " ", "%"] as const;

/** Two versions, mostly alike, for that is where orders part. */
export function pairOf(random: Random, characters: readonly string[]): string {
  const made = (length: number): string[] =>
    Array.from({ length }, () => random.pick(random.once(30) ? ODD : [...PIECES, ...characters]));
  const first = made(1 + random.below(6));
  const second = random.once(5) ? made(1 + random.below(6)) : [...first];
  if (random.once(2)) second.splice(random.below(second.length + 1), random.below(2), ...made(random.below(3)));
  const epoch = () => (random.once(6) ? `${random.pick(["0", "1", "2", "00", "1"])}:` : "");
  const release = () => (random.once(2) ? `-${made(1 + random.below(3)).join("")}` : "-1");
  const digit = random.once(8) ? "" : "1";
  return `${epoch()}${digit}${first.join("")}${release()}\t${epoch()}${digit}${second.join("")}${release()}`;
}

/** Gives the pairs to a program, a line each, and reads a line for each. */
export async function ordersOf(
  program: string,
  args: readonly string[],
  cases: readonly Buffer[],
): Promise<readonly Reading[]> {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  child.stdin.on("error", () => {});
  child.stdin.end(cases.map((each) => `${oneLine(each)}\n`).join(""));
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  });
  const lines = Buffer.concat(parts)
    .toString("latin1")
    .split("\n")
    .filter((line) => line !== "");
  return lines.map((line) =>
    line.startsWith("=") ? { kind: "value", value: line.slice(1) } : { kind: "refused", why: line.slice(1) },
  );
}

/** A case as it is handed over: with one tab, and no end of a line. */
export function oneLine(bytes: Buffer): string {
  const [a = "", b = ""] = bytes
    .toString("latin1")
    .replace(/[\r\n\0]/g, "")
    .split("\t", 2);
  return `${a}\t${b}`;
}

export function readPair<Version>(
  bytes: Buffer,
  parse: (text: string) => Version | undefined,
  compare: (a: Version, b: Version) => number,
): Reading {
  const [a = "", b = ""] = oneLine(bytes).split("\t");
  const [first, second] = [parse(a), parse(b)];
  if (first === undefined || second === undefined) return { kind: "refused", why: "no version" };
  const order = compare(first, second);
  return { kind: "value", value: order < 0 ? "<" : order > 0 ? ">" : "=" };
}
