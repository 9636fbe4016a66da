/** What CISA's "Minimum Elements for a Software Bill of Materials" (2025) wants said, also where it is not known. */
import type { Package } from "../model.ts";
import { type Contact, contactOf } from "./producer.ts";
import type { Sbom, SbomWriteOptions } from "./sbom.ts";

/** YYYY-MM-DDThh:mm:ssZ (SPDX 2.3, clause 6.9): the time asked for, else the subject's own; undefined where it has none. */
export function timestampOf({ created, imageCreated }: SbomWriteOptions): string | undefined {
  for (const date of [created, imageCreated === undefined ? undefined : new Date(imageCreated)]) {
    if (date === undefined || Number.isNaN(date.getTime())) continue;
    const text = date.toISOString();
    // Years beyond four digits have another form there.
    if (text.length === 24) return `${text.slice(0, 19)}Z`;
  }
  return undefined;
}

export interface GenerationContext {
  /** Of CycloneDX's lifecycles. */
  readonly phase: "pre-build" | "post-build";
  readonly text: string;
}

/** An image and a root filesystem are built; a tree without a distribution is source code. */
export function generationContextOf({ subject, inventory }: Sbom): GenerationContext {
  if (subject.kind === "image") return { phase: "post-build", text: "after build: layers of the image were analysed" };
  return inventory.distribution === undefined
    ? { phase: "pre-build", text: "before build: files of a source tree were analysed" }
    : { phase: "post-build", text: "after build: a root filesystem was analysed" };
}

/** What is listed, and of how much of it the dependencies are known. */
export function coverageOf({ inventory, gaps }: Sbom, needs: readonly (readonly number[] | undefined)[]): string {
  const known = needs.filter((indexes) => indexes !== undefined).length;
  const { length } = inventory.packages;
  return `${length} components; dependencies known of ${known}; parts not read: ${gaps.length}`;
}

/** Elements of a component that nobody stated, in the order of the list; empty where all are. */
export function unknownElements(
  item: Package,
  known: { readonly producer: boolean; readonly hash: boolean; readonly dependencies: boolean },
): string {
  let unknown = "";
  const add = (element: string) => {
    unknown += unknown === "" ? element : ` ${element}`;
  };
  if (!known.producer) add("producer");
  if (item.version === "") add("version");
  if (!known.hash) add("hash");
  if (item.licenses.length === 0) add("license");
  if (!known.dependencies) add("dependencies");
  return unknown;
}

/** Who answers for the document: `Person: A B (address)`, `Organization: …`, or a name alone. */
export function authorOf(text: string | undefined): Contact | undefined {
  if (text === undefined) return undefined;
  const kind = /^(Person|Organization): ?/.exec(text);
  const rest = kind === null ? text : text.slice(kind[0].length);
  const contact = contactOf(rest.replace(/\(([^()]*)\)$/, "<$1>"));
  if (contact === undefined) return undefined;
  return kind === null ? contact : { ...contact, kind: kind[1] === "Person" ? "person" : "organization" };
}
