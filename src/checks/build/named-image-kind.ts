import type { BaseKind } from "../../engines/contents/model.ts";
import { listedKinds } from "../findings/base-kinds.ts";
import type { NamedImageCheck } from "../subjects/named-image.ts";

const id = "build/named-image-kind";

/** Images that were not built or opened, and whose names say that there is more in them than the policy accepts. */
export const namedImageKind: NamedImageCheck<"base", { readonly accept: readonly BaseKind[] }> = {
  id,
  title: "Base images not accepted, by name",
  layer: "build",
  category: "configuration",
  controls: [1],
  severity: "high",
  documentation: {
    what: "Checks the images that the last stages of Dockerfiles are built on, and those that manifests and Compose files run, where no built image is at hand: what their publisher says that the tag holds (`debian:12` a whole distribution, `node:24-alpine` Alpine), or what a base of that name held when it was learnt on this machine (`bulkhead image base --learn`). A kind that the policy does not accept (`bases.accept`; by default all but `full`) is reported. A kind that it accepts is unknown, never a pass: what later instructions add was not looked at. Unknown too: names that a variable decides, names by digest alone, and images of publishers whose tags are not known.",
    why: "What a base brings is shipped with every image on it, vulnerabilities included, and most of it no application ever calls. In a repository without a built image its Dockerfiles are all that can be judged, before anything is built.",
    fix: "Build on a slim, distroless or static base: compile in a full image, and copy the result into a small one in a last stage. Build the image and scan it for a whole judgment. Where a full base is needed, accept it in the policy file or write an exception with a reason, an owner and an expiry.",
    references: ["https://docs.docker.com/build/building/best-practices/#choose-the-right-base-image"],
  },
  subject: "named-image",
  needs: { base: "partial" },
  parameters: { accept: ({ bases }) => bases.accept },
  looked: ({ base: { kind, name } }) => ({ kind, image: name, "recognised by": "name" }),
  *evaluate({ base: { kind, name, use, places, why }, accept }) {
    if (accept.includes(kind)) return;
    yield {
      subject: use === "run" ? "image" : "base image",
      severity: "high",
      title: `${use === "run" ? "Image" : "Base image"} kind ${kind} is not accepted by the policy: ${why}`,
      locations: places,
      matches: { ids: [id] },
      fix: { kind: "instruction", text: `use a base image of kind ${listedKinds(accept)}` },
      evidence: {
        kind,
        [use === "run" ? "image" : "base"]: name,
        "recognised by": "name",
        accepted: accept.length === 0 ? "none" : accept.join(", "),
      },
    };
  },
};
