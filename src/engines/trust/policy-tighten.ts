/**
 * What two files come to where the second may only tighten: it takes trust away, and asks for more. A signer or a rule that it
 * adds is marked, since what it asks for may be missed, but by its word nothing is trusted.
 */
import type { Tighten, Tightened } from "../../core/setting.ts";
import { compileName } from "./identity.ts";
import type { BuilderRule, ImageRule, RootSource, SignerRule } from "./rules-model.ts";

export const fewerRoots: Tighten<readonly RootSource[]> = (current, wanted) => {
  const kept = current.filter((root) => wanted.some((other) => isSame(root, other)));
  return { value: kept, loosens: !wanted.every((root) => current.some((other) => isSame(root, other))) };
};

export const moreSigners: Tighten<Readonly<Record<string, SignerRule>>> = (current, wanted) => {
  const added: Record<string, SignerRule> = {};
  let loosens = false;
  for (const [name, signer] of Object.entries(wanted)) {
    const held = Object.hasOwn(current, name) ? current[name] : undefined;
    if (held === undefined) added[name] = { ...signer, tightensOnly: true };
    else if (!isSame(held, signer)) loosens = true;
  }
  return { value: { ...current, ...added }, loosens };
};

export const fewerBuilders: Tighten<readonly BuilderRule[]> = (current, wanted) => {
  const kept = wanted.filter((rule) => current.some((other) => covers(other, rule)));
  return { value: kept, loosens: kept.length < wanted.length };
};

export const moreImages: Tighten<readonly ImageRule[]> = (current, wanted): Tightened<readonly ImageRule[]> => {
  const added = wanted.filter((rule) => !current.some((other) => isSame(rule, other)));
  const value = [...current, ...added.map((rule): ImageRule => ({ ...rule, tightensOnly: true }))];
  return { value, loosens: !current.every((rule) => wanted.some((other) => isSame(rule, other))) };
};

function covers(held: BuilderRule, wanted: BuilderRule): boolean {
  const matches = held.ids.map((id) => [id, compileName(id)] as const);
  return (
    held.signer === wanted.signer &&
    wanted.level <= held.level &&
    wanted.ids.every((id) => matches.some(([own, matchesOwn]) => own === id || (!id.includes("*") && matchesOwn(id))))
  );
}

/**
 * Wherever they are stated. Files are compared as they are named: the trusted policy's are read, and what lies under the same
 * name in the tree is not.
 */
function isSame(one: object, other: object): boolean {
  return textOf(one) === textOf(other);
}

function textOf(value: object): string {
  const sorted = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(sorted);
    if (typeof inner !== "object" || inner === null) return inner;
    const resolved = "written" in inner ? ["file", "ca"] : [];
    return Object.fromEntries(
      Object.entries(inner)
        .filter(([key]) => key !== "statedAt" && key !== "tightensOnly" && !resolved.includes(key))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, own]) => [key, sorted(own)]),
    );
  };
  return JSON.stringify(sorted(value));
}
