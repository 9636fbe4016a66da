import type { BaseKind } from "../../engines/contents/model.ts";
import { listedKinds } from "../findings/base-kinds.ts";
import type { ImageCheck } from "../subjects/image.ts";

/** Images on a base with more in it than the policy accepts. */
export const baseNotAccepted: ImageCheck<"base", { readonly accept: readonly BaseKind[] }> = {
  id: "image/base-not-accepted",
  title: "Base images not accepted by the policy",
  layer: "image",
  category: "configuration",
  controls: [1],
  severity: "high",
  documentation: {
    what: "Checks what an image is built on and asks whether the policy accepts that kind (`bases.accept`; by default all but `full`). The kind is read from the contents: the distribution, whether there is a shell, a package manager and a C library, and whether dpkg leaves out documentation. What an image says of itself in annotations names its base and never makes its kind. `bulkhead image base` shows all of it.",
    why: "What a base brings is shipped with every image on it, vulnerabilities included, and most of it no application ever calls. A shell and a package manager are also what an attacker who got in works with.",
    fix: "Build on a slim, distroless or static base: compile in a full image, and copy the result into a small one in a last stage. `bulkhead image base` estimates what that removes. Where a full base is needed, accept it in the policy file or write an exception with a reason, an owner and an expiry.",
    references: [
      "https://docs.docker.com/build/building/best-practices/#choose-the-right-base-image",
      "https://github.com/opencontainers/image-spec/blob/main/annotations.md",
    ],
  },
  subject: "image",
  needs: { base: "complete" },
  parameters: { accept: ({ bases }) => bases.accept },
  looked: ({ base: { kind, name, by, confidence } }) => ({
    kind,
    ...(name === undefined ? {} : { base: name }),
    "recognised by": `${by} (${confidence})`,
  }),
  *evaluate({ base, accept }) {
    if (accept.includes(base.kind)) return;
    yield {
      subject: "base image",
      severity: "high",
      title: `Base image kind ${base.kind} is not accepted by the policy: ${base.why}`,
      locations: [{ kind: "config", field: "rootfs.diff_ids" }],
      matches: { ids: ["image/base-not-accepted"] },
      fix: { kind: "instruction", text: `use a base image of kind ${listedKinds(accept)}` },
      evidence: {
        kind: base.kind,
        ...(base.name === undefined ? {} : { base: base.name }),
        ...(base.layers === 0 ? {} : { layers: String(base.layers) }),
        "recognised by": `${base.by}, ${base.confidence}`,
        accepted: accept.length === 0 ? "none" : accept.join(", "),
      },
    };
  },
};
