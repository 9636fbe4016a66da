/** The Sigstore instances that are known by name. */
import { type Carried, documentOf } from "./form.ts";
import { github } from "./github.ts";
import { publicGood } from "./public-good.ts";

export const instances = ["public-good", "github"] as const;
export type Instance = (typeof instances)[number];

export const carried: Readonly<Record<Instance, Carried>> = { "public-good": publicGood, github };

/** The trusted root that came with the program. */
export function carriedRoot(name: Instance): { name: Instance; document: object; asOf: string } {
  return { name, document: documentOf(carried[name]), asOf: carried[name].asOf };
}
