/** Semantic versions (k8s.io/apiserver, pkg/cel/library/semverlib.go; semver.org 2.0.0). */
import { global, type Library, method } from "../library.ts";
import type { Opaque } from "../model.ts";
import { Failure, MAX_UINT, type Meter, spendText } from "../values.ts";

interface Version {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly pre: readonly (bigint | string)[];
}

const FORM = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/;
const TEXT = 256;

function parse(text: string): Version | undefined {
  const match = text.length > TEXT ? null : FORM.exec(text);
  if (match === null) return undefined;
  const [, major = "", minor = "", patch = "", pre, build] = match;
  const parts = pre?.split(".") ?? [];
  const isWrong = (part: string) => part === "" || /^0\d+$/.test(part);
  if (parts.some(isWrong) || (build?.split(".") ?? []).includes("")) return undefined;
  const numbers = [BigInt(major), BigInt(minor), BigInt(patch)] as const;
  const identifiers = parts.map((part) => (/^\d+$/.test(part) ? BigInt(part) : part));
  if ([...numbers, ...identifiers].some((each) => typeof each === "bigint" && each > MAX_UINT)) return undefined;
  return { numbers, pre: identifiers };
}

/** Without a `v` before it and zeros before its numbers, and with those that are missing: `v1.02` is 1.2.0. */
function normalized(text: string): string | undefined {
  const [major = "", minor, ...rest] = text.replace(/^v/, "").split(".");
  const parts = [major, ...(minor === undefined ? [] : [minor]), ...(rest.length === 0 ? [] : [rest.join(".")])];
  const trimmed = parts.map((part) => {
    if (part.length < 2) return part;
    const bare = part.replace(/^0+/, "");
    return /^\d/.test(bare) ? bare : `0${bare}`;
  });
  if (trimmed.length < 3 && /[+-]/.test(trimmed.at(-1) ?? "")) return undefined;
  return [...trimmed, "0", "0"].slice(0, Math.max(3, trimmed.length)).join(".");
}

function compare(a: Version, b: Version): bigint {
  for (const [index, number] of a.numbers.entries()) {
    const other = b.numbers[index] ?? 0n;
    if (number !== other) return number < other ? -1n : 1n;
  }
  // What has a pre-release is before what has none.
  if (a.pre.length === 0 || b.pre.length === 0) return BigInt(Math.sign(b.pre.length - a.pre.length));
  for (const [index, part] of a.pre.entries()) {
    const other = b.pre[index];
    if (other === undefined) return 1n;
    if (part === other) continue;
    if (typeof part !== typeof other) return typeof part === "bigint" ? -1n : 1n;
    return part < other ? -1n : 1n;
  }
  return a.pre.length === b.pre.length ? 0n : -1n;
}

const NAME = "kubernetes.Semver";
const of = ({ content }: Opaque) => content as Version;

function read(text: string, normalize: boolean, meter: Meter): Opaque | Failure {
  spendText(meter, text.length);
  const version = parse((normalize && text.length <= TEXT ? normalized(text) : text) ?? "");
  if (version === undefined) return new Failure("invalid text of a semantic version");
  return { kind: "opaque", type: NAME, key: `${version.numbers.join(".")}-${version.pre.join(".")}`, content: version };
}

const isRead = (text: string, normalize: boolean, meter: Meter) => !(read(text, normalize, meter) instanceof Failure);

/** Numbers of 64 bits without a sign, of which the API makes such with one. */
const number = (index: 0 | 1 | 2) => (version: Opaque) => BigInt.asIntN(64, of(version).numbers[index]);

export const semver: Library = {
  types: [NAME],
  overloads: [
    global("semver", ["string"], (text, meter) => read(text, false, meter)),
    global("semver", ["string", "bool"], read),
    global("isSemver", ["string"], (text, meter) => isRead(text, false, meter)),
    global("isSemver", ["string", "bool"], isRead),
    method("isGreaterThan", [NAME, NAME], (a, b) => compare(of(a), of(b)) > 0n),
    method("isLessThan", [NAME, NAME], (a, b) => compare(of(a), of(b)) < 0n),
    method("compareTo", [NAME, NAME], (a, b) => compare(of(a), of(b))),
    method("major", [NAME], number(0)),
    method("minor", [NAME], number(1)),
    method("patch", [NAME], number(2)),
  ],
};
