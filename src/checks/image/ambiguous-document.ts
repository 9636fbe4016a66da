import type { ImageCheck } from "../subjects/image.ts";

/** Images that are not the same to all who read their documents (RFC 8259, section 4; Go's encoding/json). */
export const ambiguousDocument: ImageCheck<"ambiguity"> = {
  id: "image/ambiguous-document",
  title: "Ambiguous image documents",
  layer: "image",
  category: "configuration",
  controls: [],
  withoutControl: "the other checks of such an image are unknown, and with them its controls",
  severity: "high",
  documentation: {
    what: 'Checks for forms by which two programs read different images from one index, manifest or configuration: a duplicate key, a key that runtimes take for a known one because they do not heed case (`"User"` and `"user"`), bytes that are not UTF-8, a document that is index and manifest at once, and one that an archive has more than once. Such an image is not looked into any further: whatever else is asked of it is unknown.',
    why: "One digest stands for one image, and everything rests on that: what was scanned, signed and approved is what runs. Here anyone who made the image chooses what a scanner sees and what a container runtime runs: a harmless user for the one and root for the other, or other layers. No tool that builds images writes such a document by itself.",
    fix: "Do not run the image. Build it anew from its source, and find out who or what wrote this document.",
    references: [
      "https://www.rfc-editor.org/rfc/rfc8259#section-4",
      "https://github.com/opencontainers/image-spec/blob/main/config.md",
      "https://pkg.go.dev/encoding/json#Unmarshal",
    ],
  },
  subject: "image",
  needs: { ambiguity: "complete" },
  *evaluate({ ambiguity }) {
    if (ambiguity === undefined) return;
    const { place, cause } = ambiguity;
    yield {
      subject: cause,
      severity: "high",
      title: `Ambiguous image document: ${cause}`,
      locations: [{ kind: "config", field: place }],
      matches: { ids: ["image/ambiguous-document"] },
      fix: { kind: "instruction", text: "rebuild the image from source; do not run this image" },
      evidence: { document: place },
    };
  },
};
